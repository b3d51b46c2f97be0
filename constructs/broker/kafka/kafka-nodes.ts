import { KAFKA_USER } from '../kafka-protocol/kafka-image.ts';
import { createHash } from 'node:crypto';
import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { resources } from '../../core/quantities.ts';
import { MetricSource } from '../../observability/metric-source.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import { RESTRICTED_CONTAINER } from '../../security/pod-security.ts';
import { BrokerServers } from '../parts/broker-servers.ts';
import { JMX_AGENT, JMX_AGENT_PATH, JMX_EXPORTER_YAML, JMX_METRICS_PORT } from './jmx-exporter.ts';
import { TLS_PATH } from './kafka-certificates.ts';
import { ADMIN_SCRIPT } from './admin-script.ts';
import { heapOptions, KAFKA_PORTS, LOG4J2_YAML, type NodeRole } from './server-properties.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';
import { validateLater } from '../../core/problems.ts';

/** Properties of {@link KafkaNodes}. */
export interface KafkaNodesProps {
  readonly name: string;
  readonly replicas: number;
  /** What the nodes do. */
  readonly roles: readonly NodeRole[];
  /** Node id of the first of them. */
  readonly firstId: number;
  /** Volume of each, or what tells it when everything is declared. */
  readonly storage: Size | (() => Size);
  readonly storageClass: string | undefined;
  readonly memory: Size;
  readonly cpuRequest: string;
  readonly clusterId: string;
  readonly image: string;
  /** Secret with the servers' certificate. @default - none */
  readonly certificate: string | undefined;
  /** Image with the agent that serves the JVM's metrics. @default - no metrics */
  readonly jmxExporterImage: string | undefined;
  /** Script that runs Kafka's tools. @default - none */
  readonly adminScript?: string;
  /** Called when everything is declared. */
  readonly serverProperties: () => string;
}

/** A cluster id that is the same in every synthesis: 16 bytes in URL-safe base64. */
export function derivedClusterId(namespace: string, name: string): string {
  const digest = createHash('sha256').update(`kafka/${namespace}/${name}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}

const START_SCRIPT = `set -euo pipefail
export NODE_ID=$((FIRST_NODE_ID + POD_INDEX))
KAFKA_OPTS= /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /etc/kafka/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /etc/kafka/server.properties
`;

/** Ports of a node by its roles. */
function portsOf(roles: readonly NodeRole[]): Record<string, number> {
  const { client, internal, controller } = KAFKA_PORTS;
  return {
    ...(roles.includes('broker') && { client, internal }),
    ...(roles.includes('controller') && { controller }),
  };
}

function fromField(name: string, fieldPath: string): k8s.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** Puts the agent, which Kafka's image does not have, where the node's JVM can load it. */
function agentContainer(image: string): k8s.Container {
  return {
    name: 'jmx-exporter',
    image,
    command: ['cp', `/${JMX_AGENT}`, `${JMX_AGENT_PATH}/${JMX_AGENT}`],
    resources: resources({ cpuRequest: '10m', memoryRequest: Size.mebibytes(32) }),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [{ name: 'jmx-exporter', mountPath: JMX_AGENT_PATH }],
  };
}

function nodeEnv(props: KafkaNodesProps): k8s.EnvVar[] {
  return [
    fromField('POD_INDEX', "metadata.labels['apps.kubernetes.io/pod-index']"),
    fromField('POD_NAME', 'metadata.name'),
    // Kubernetes copies the node's zone to its pods; where it does not, this is empty.
    fromField('ZONE', "metadata.labels['topology.kubernetes.io/zone']"),
    { name: 'FIRST_NODE_ID', value: String(props.firstId) },
    { name: 'CLUSTER_ID', value: props.clusterId },
    { name: 'KAFKA_HEAP_OPTS', value: heapOptions(props.memory) },
    {
      name: 'KAFKA_LOG4J_OPTS',
      value: '-Dlog4j2.configurationFile=/etc/kafka/log4j2.yaml',
    },
    ...(props.jmxExporterImage === undefined
      ? []
      : [
          {
            name: 'KAFKA_OPTS',
            value: `-javaagent:${JMX_AGENT_PATH}/${JMX_AGENT}=${JMX_METRICS_PORT}:/etc/kafka/jmx-exporter.yaml`,
          },
        ]),
    { name: 'LOG_DIR', value: '/tmp' },
    // The start script's own value would write a garbage-collection log.
    { name: 'EXTRA_ARGS', value: '-name kafkaServer' },
  ];
}

/** A pool of Kafka nodes that do the same. */
export class KafkaNodes extends BrokerServers {
  public constructor(scope: Construct, id: string, props: KafkaNodesProps) {
    const { certificate, jmxExporterImage, roles } = props;
    const ready = k8s.IntOrString.fromString(roles.includes('broker') ? 'client' : 'controller');
    super(scope, id, {
      name: props.name,
      replicas: props.replicas,
      user: KAFKA_USER,
      clientPorts: roles.includes('broker') ? ['client'] : [],
      files: () => ({
        'server.properties': props.serverProperties(),
        'log4j2.yaml': LOG4J2_YAML,
        ...(props.adminScript !== undefined && { [ADMIN_SCRIPT]: props.adminScript }),
        ...(jmxExporterImage !== undefined && { 'jmx-exporter.yaml': JMX_EXPORTER_YAML }),
      }),
      configPath: '/etc/kafka',
      dataPath: '/var/lib/kafka/data',
      storage: props.storage,
      storageClass: props.storageClass,
      gracePeriodSeconds: 120,
      ...(jmxExporterImage !== undefined && { initContainers: [agentContainer(jmxExporterImage)] }),
      volumes: [
        ...(certificate === undefined
          ? []
          : [{ name: 'tls', secret: { secretName: certificate, defaultMode: 0o440 } }]),
        ...(jmxExporterImage === undefined ? [] : [{ name: 'jmx-exporter', emptyDir: {} }]),
      ],
      containers: [
        {
          name: 'kafka',
          image: props.image,
          command: ['/bin/bash', '-ec', START_SCRIPT],
          env: nodeEnv(props),
          ports: {
            ...portsOf(roles),
            ...(jmxExporterImage !== undefined && { metrics: JMX_METRICS_PORT }),
          },
          startupProbe: { tcpSocket: { port: ready }, periodSeconds: 5, failureThreshold: 60 },
          readinessProbe: { tcpSocket: { port: ready }, periodSeconds: 10 },
          resources: resources({ cpuRequest: props.cpuRequest, memoryRequest: props.memory }),
          mounts: [
            ...(certificate === undefined
              ? []
              : [{ name: 'tls', mountPath: TLS_PATH, readOnly: true }]),
            ...(jmxExporterImage === undefined
              ? []
              : [{ name: 'jmx-exporter', mountPath: JMX_AGENT_PATH, readOnly: true }]),
          ],
        },
      ],
    });
    if (jmxExporterImage !== undefined) {
      new MetricsScrape(this, 'scrape', {
        name: props.name,
        ports: ['metrics'],
        sources: [MetricSource.KAFKA_JMX],
      });
      const { environment } = EventPlatform.of(this);
      validateLater(this, () =>
        coded('EP6002', environment.imageProblem(jmxExporterImage, 'platformImages')),
      );
    }
  }
}
