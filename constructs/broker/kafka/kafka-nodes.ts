import { createHash } from 'node:crypto';
import type { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { EventPlatform } from '../../core/event-platform.ts';
import { resources } from '../../core/quantities.ts';
import { BrokerServers } from '../parts/broker-servers.ts';
import { heapOptions, KAFKA_PORTS, LOG4J2_YAML } from './server-properties.ts';

/** User id of the `appuser` in Kafka's image. */
export const KAFKA_USER = 1000;

/** Properties of {@link KafkaNodes}. */
export interface KafkaNodesProps {
  readonly name: string;
  readonly replicas: number;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly memory: Size;
  readonly cpuRequest: string;
  readonly clusterId: string | undefined;
  readonly image: string;
  /** Called when everything is declared. */
  readonly serverProperties: () => string;
}

/** A cluster id that is the same in every synthesis: 16 bytes in URL-safe base64. */
function derivedClusterId(namespace: string, name: string): string {
  const digest = createHash('sha256').update(`kafka/${namespace}/${name}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}

const START_SCRIPT = `set -euo pipefail
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /etc/kafka/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /etc/kafka/server.properties
`;

/** The servers of a Kafka cluster. */
export class KafkaNodes extends BrokerServers {
  public constructor(scope: Construct, id: string, props: KafkaNodesProps) {
    const { namespace } = EventPlatform.of(scope).environment;
    const clientPort = k8s.IntOrString.fromString('client');
    super(scope, id, {
      name: props.name,
      replicas: props.replicas,
      user: KAFKA_USER,
      clientPorts: ['client'],
      files: () => ({
        'server.properties': props.serverProperties(),
        'log4j2.yaml': LOG4J2_YAML,
      }),
      configPath: '/etc/kafka',
      dataPath: '/var/lib/kafka/data',
      storage: props.storage,
      storageClass: props.storageClass,
      gracePeriodSeconds: 120,
      containers: [
        {
          name: 'kafka',
          image: props.image,
          command: ['/bin/bash', '-ec', START_SCRIPT],
          env: [
            {
              name: 'NODE_ID',
              valueFrom: {
                fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" },
              },
            },
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            {
              name: 'CLUSTER_ID',
              value: props.clusterId ?? derivedClusterId(namespace, props.name),
            },
            { name: 'KAFKA_HEAP_OPTS', value: heapOptions(props.memory) },
            {
              name: 'KAFKA_LOG4J_OPTS',
              value: '-Dlog4j2.configurationFile=/etc/kafka/log4j2.yaml',
            },
            { name: 'LOG_DIR', value: '/tmp' },
            // The start script's own value would write a garbage-collection log.
            { name: 'EXTRA_ARGS', value: '-name kafkaServer' },
          ],
          ports: KAFKA_PORTS,
          startupProbe: {
            tcpSocket: { port: clientPort },
            periodSeconds: 5,
            failureThreshold: 60,
          },
          readinessProbe: { tcpSocket: { port: clientPort }, periodSeconds: 10 },
          resources: resources({ cpuRequest: props.cpuRequest, memoryRequest: props.memory }),
        },
      ],
    });
  }
}
