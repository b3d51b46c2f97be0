import { minutesUp } from '../../core/quantities.ts';
import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/** Ports of a broker's listeners. */
export const KAFKA_PORTS = {
  /** Apps, sidecars, KEDA and tools. */
  client: 9092,
  /** Between brokers. */
  internal: 9091,
  /** The KRaft quorum. */
  controller: 9093,
} as const;

/** What a broker's configuration depends on. */
export interface ServerPropertiesOptions {
  /** Name of the StatefulSet; pods are called `<name>-<ordinal>`. */
  readonly name: string;
  /** Full DNS name of the headless Service. */
  readonly headlessHost: string;
  /** Nodes, each of them broker and controller. */
  readonly replicas: number;
  /** Copies of the offsets and transaction topics. */
  readonly replicationFactor: number;
  /** Copies of these that must have a record before it is confirmed. */
  readonly minInSyncReplicas: number;
  /** Partitions of a topic that does not say otherwise. */
  readonly partitions: number;
  /** How long messages are kept where a topic does not say otherwise. */
  readonly retention: Duration;
  /** How long the offsets of a group without members are kept. */
  readonly offsetsRetention: Duration;
  /** Largest message. */
  readonly maxMessageSize: Size;
}

/**
 * `server.properties` of a combined KRaft node. The node's own identity comes from the environment
 * (`NODE_ID`, `POD_NAME`) through Kafka's config provider, so that one file serves all nodes.
 *
 * @see https://kafka.apache.org/41/documentation.html#brokerconfigs
 */
export function serverProperties(options: ServerPropertiesOptions): string {
  const { name, headlessHost, replicas, replicationFactor, minInSyncReplicas } = options;
  const voters = Array.from(
    { length: replicas },
    (_, id) => `${id}@${name}-${id}.${headlessHost}:${KAFKA_PORTS.controller}`,
  );
  const pod = `\${env:POD_NAME}.${headlessHost}`;
  const properties: Record<string, string | number | boolean> = {
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',

    'process.roles': 'broker,controller',
    'node.id': '${env:NODE_ID}',
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',

    listeners: `CLIENT://:${KAFKA_PORTS.client},INTERNAL://:${KAFKA_PORTS.internal},CONTROLLER://:${KAFKA_PORTS.controller}`,
    'advertised.listeners': `CLIENT://${pod}:${KAFKA_PORTS.client},INTERNAL://${pod}:${KAFKA_PORTS.internal}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',

    // A subdirectory: file systems put a lost+found folder at the root of a volume.
    'log.dirs': '/var/lib/kafka/data/logs',

    'auto.create.topics.enable': false,
    'num.partitions': options.partitions,
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': minInSyncReplicas,
    'unclean.leader.election.enable': false,
    'log.retention.ms': options.retention.toMilliseconds(),
    'message.max.bytes': options.maxMessageSize.toKibibytes() * 1024,
    'replica.fetch.max.bytes': options.maxMessageSize.toKibibytes() * 1024,

    'offsets.topic.replication.factor': replicationFactor,
    'offsets.retention.minutes': minutesUp(options.offsetsRetention),
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': minInSyncReplicas,
    'share.coordinator.state.topic.replication.factor': replicationFactor,
    'share.coordinator.state.topic.min.isr': minInSyncReplicas,
    'group.initial.rebalance.delay.ms': replicas === 1 ? 0 : 3000,
    'controlled.shutdown.enable': true,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** JVM options for a memory limit: half of it as heap, the rest for the page cache and the JVM. */
export function heapOptions(memory: Size): string {
  const megabytes = Math.floor(memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) / 2);
  return `-Xms${megabytes}m -Xmx${megabytes}m`;
}

/** Logs to standard output only: the root file system cannot be written. */
export const LOG4J2_YAML = `Configuration:
  Appenders:
    Console:
      name: stdout
      PatternLayout:
        pattern: "%d{ISO8601} %-5p %c{1} %m%n"
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        - ref: stdout
`;
