import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { minutesUp } from '../../core/quantities.ts';
import {
  ADMIN_PRINCIPAL,
  KEY_STORE,
  SERVER_PRINCIPAL,
  TLS_PATH,
  TRUST_STORE,
} from './kafka-certificates.ts';

/** Ports of a broker's listeners. */
export const KAFKA_PORTS = {
  /** Apps, sidecars, KEDA and tools. */
  client: 9092,
  /** Between brokers. */
  internal: 9091,
  /** The KRaft quorum. */
  controller: 9093,
} as const;

/** What a pool of nodes does. */
export type NodeRole = 'broker' | 'controller';

/** The nodes that make up the quorum. */
export interface Quorum {
  /** Name of their StatefulSet; pods are called `<name>-<ordinal>`. */
  readonly name: string;
  /** Full DNS name of their headless Service. */
  readonly headlessHost: string;
  readonly replicas: number;
  /** Node id of the first of them. */
  readonly firstId: number;
}

/** What a node's configuration depends on. */
export interface ServerPropertiesOptions {
  /** What the node does. */
  readonly roles: readonly NodeRole[];
  /** Full DNS name of the headless Service of the node's pool. */
  readonly headlessHost: string;
  readonly quorum: Quorum;
  /** Brokers of the cluster. */
  readonly brokers: number;
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
  /** Whether clients log in, and servers show certificates. */
  readonly secured: boolean;
  /** Whether nodes say in which zone they are, so that copies are spread over zones. */
  readonly rackAware: boolean;
  /** Further settings. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

const LISTENERS = {
  broker: ['CLIENT', 'INTERNAL'],
  controller: ['CONTROLLER'],
} as const satisfies Record<NodeRole, readonly string[]>;

const LISTENER_PORTS: Readonly<Record<string, number>> = {
  CLIENT: KAFKA_PORTS.client,
  INTERNAL: KAFKA_PORTS.internal,
  CONTROLLER: KAFKA_PORTS.controller,
};

/**
 * Passwords for clients, certificates between servers, and rights.
 *
 * @see https://kafka.apache.org/41/documentation.html#security
 */
function security(secured: boolean): Record<string, string | number | boolean> {
  const protocols = secured
    ? { CLIENT: 'SASL_SSL', INTERNAL: 'SSL', CONTROLLER: 'SSL' }
    : { CLIENT: 'PLAINTEXT', INTERNAL: 'PLAINTEXT', CONTROLLER: 'PLAINTEXT' };
  return {
    'listener.security.protocol.map': Object.entries(protocols)
      .map(([listener, protocol]) => `${listener}:${protocol}`)
      .join(','),
    ...(secured && {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': `${TLS_PATH}/${KEY_STORE}`,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': `${TLS_PATH}/${TRUST_STORE}`,
      'listener.name.internal.ssl.client.auth': 'required',
      'listener.name.controller.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.client.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': false,
      'super.users': [SERVER_PRINCIPAL, ADMIN_PRINCIPAL].map((name) => `User:${name}`).join(';'),
    }),
  };
}

/**
 * `server.properties` of a KRaft node. The node's own identity comes from the environment
 * (`NODE_ID`, `POD_NAME`, `ZONE`) through Kafka's config provider, so that one file serves a pool.
 *
 * @see https://kafka.apache.org/41/documentation.html#brokerconfigs
 */
export function serverProperties(options: ServerPropertiesOptions): string {
  const { roles, quorum, brokers, replicationFactor, minInSyncReplicas } = options;
  const voters = Array.from(
    { length: quorum.replicas },
    (_, index) =>
      `${quorum.firstId + index}@${quorum.name}-${index}.${quorum.headlessHost}:${KAFKA_PORTS.controller}`,
  );
  const pod = `\${env:POD_NAME}.${options.headlessHost}`;
  const listeners = roles.flatMap((role) => [...LISTENERS[role]]);
  const at = (host: string, names: readonly string[]) =>
    names.map((name) => `${name}://${host}:${LISTENER_PORTS[name]!}`).join(',');
  const maxMessageBytes = options.maxMessageSize.toKibibytes() * 1024;
  const properties: Record<string, string | number | boolean> = {
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',

    'process.roles': roles.join(','),
    'node.id': '${env:NODE_ID}',
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',

    listeners: at('', listeners),
    ...(roles.includes('broker') && {
      'advertised.listeners': at(pod, LISTENERS.broker),
      'inter.broker.listener.name': 'INTERNAL',
    }),
    ...security(options.secured),
    ...(options.rackAware && { 'broker.rack': '${env:ZONE}' }),

    // A subdirectory: file systems put a lost+found folder at the root of a volume.
    'log.dirs': '/var/lib/kafka/data/logs',

    'auto.create.topics.enable': false,
    'num.partitions': options.partitions,
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': minInSyncReplicas,
    'unclean.leader.election.enable': false,
    'log.retention.ms': options.retention.toMilliseconds(),
    'message.max.bytes': maxMessageBytes,
    'replica.fetch.max.bytes': maxMessageBytes,

    'offsets.topic.replication.factor': replicationFactor,
    'offsets.retention.minutes': minutesUp(options.offsetsRetention),
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': minInSyncReplicas,
    'share.coordinator.state.topic.replication.factor': replicationFactor,
    'share.coordinator.state.topic.min.isr': minInSyncReplicas,
    'group.initial.rebalance.delay.ms': brokers === 1 ? 0 : 3000,
    'controlled.shutdown.enable': true,
    ...options.properties,
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
