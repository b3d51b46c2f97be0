import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../core/event-platform.ts';
import { commonLabels, selectorLabels } from '../../core/names.ts';
import { resources } from '../../core/quantities.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import {
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
} from '../../security/network-policies.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../../security/pod-security.ts';

const METRICS_PORT = 9308;

/** Properties of {@link KafkaExporter}. */
export interface KafkaExporterProps {
  /** Name of the Deployment. */
  readonly name: string;
  /** Where the brokers are. */
  readonly peer: NetworkPeer;
  /** `host:port` of the brokers. */
  readonly bootstrapServers: string;
  /** Image of the exporter. @default 'danielqsj/kafka-exporter:v1.9.0' */
  readonly image?: string;
}

/**
 * Consumer lag and topic offsets as Prometheus metrics.
 *
 * @see https://github.com/danielqsj/kafka_exporter
 */
export class KafkaExporter extends Construct {
  public constructor(scope: Construct, id: string, props: KafkaExporterProps) {
    super(scope, id);
    const platform = EventPlatform.of(this);
    const labels = commonLabels(props.name, 'exporter');
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: props.name, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorLabels(props.name) },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: restrictedPod(65_534),
            containers: [
              {
                name: 'kafka-exporter',
                image: props.image ?? 'danielqsj/kafka-exporter:v1.9.0',
                command: ['/bin/kafka_exporter'],
                args: [`--kafka.server=${props.bootstrapServers}`, '--offset.show-all'],
                ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
                readinessProbe: {
                  httpGet: { path: '/healthz', port: k8s.IntOrString.fromString('metrics') },
                },
                resources: resources({
                  cpuRequest: '20m',
                  memoryRequest: Size.mebibytes(64),
                  memoryLimit: Size.mebibytes(128),
                }),
                securityContext: RESTRICTED_CONTAINER,
              },
            ],
          },
        },
      },
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name: props.name,
      workload: props.name,
      ingress: [
        {
          who: podsOfNamespace(platform.operatorNamespaces.monitoring),
          ports: [METRICS_PORT],
        },
      ],
      egress: [props.peer],
    });
    new MetricsScrape(this, 'scrape', { name: props.name, ports: ['metrics'] });
  }
}
