import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { resources } from '../../core/quantities.ts';
import type { MetricSource } from '../../observability/metric-source.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import {
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
} from '../../security/network-policies.ts';
import { restrictedPod } from '../../security/pod-security.ts';
import { singlePod } from '../../core/workloads.ts';

/** Properties of {@link BrokerExporter}. */
export interface BrokerExporterProps {
  /** Name of the Deployment; its series carry `job="<namespace>/<name>"`. */
  readonly name: string;
  readonly image: string;
  /** What it is, for readers of its metrics. */
  readonly source: MetricSource;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** @default - none */
  readonly env?: readonly k8s.EnvVar[];
  /** Port that serves `/metrics`. */
  readonly metricsPort: number;
  /** Path that says whether the exporter is well. */
  readonly healthPath: string;
  /** What it reads. */
  readonly peer: NetworkPeer;
  /** Further volumes and where they are mounted. @default - none */
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
}

/** A program that reads a broker's state and serves it as metrics to Prometheus. */
export class BrokerExporter extends Construct {
  /** Name of the Deployment. */
  public readonly name: string;
  /** The generated Deployment. */
  public readonly deployment: k8s.KubeDeployment;

  public constructor(scope: Construct, id: string, props: BrokerExporterProps) {
    super(scope, id);
    const { name } = props;
    this.name = name;
    this.deployment = new k8s.KubeDeployment(
      this,
      'deployment',
      singlePod({
        name,
        component: 'exporter',
        pod: restrictedPod(65_534, {
          containers: [
            {
              name: 'exporter',
              image: props.image,
              command: [...props.command],
              args: [...props.args],
              ...(props.env && { env: [...props.env] }),
              ports: [{ name: 'metrics', containerPort: props.metricsPort }],
              readinessProbe: {
                httpGet: { path: props.healthPath, port: k8s.IntOrString.fromString('metrics') },
              },
              resources: resources({
                cpuRequest: '20m',
                memoryRequest: Size.mebibytes(64),
                memoryLimit: Size.mebibytes(128),
              }),
              ...(props.mounts && { volumeMounts: [...props.mounts] }),
            },
          ],
          ...(props.volumes && { volumes: [...props.volumes] }),
        }),
      }),
    );
    new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [
        {
          peer: podsOfNamespace(EventPlatform.of(this).operatorNamespaces.monitoring),
          ports: [props.metricsPort],
        },
      ],
      egress: [props.peer],
    });
    new MetricsScrape(this, 'scrape', { name, ports: ['metrics'], sources: [props.source] });
  }
}
