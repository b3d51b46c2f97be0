import {
  duration,
  either,
  flag,
  having,
  listOf,
  mapOf,
  number,
  oneOf,
  optional,
  type Shape,
  shaped,
  size,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { ExternalKafkaOptions } from './kafka/external-options.ts';
import type {
  KafkaClusterProps,
  KafkaControllersProps,
  SocketBuffers,
} from './kafka/kafka-cluster-props.ts';
import type { KafkaUiProps } from './kafka/kafka-ui.ts';
import type { ContainerSize } from '../core/quantities.ts';
import type { NatsJetStreamProps } from './nats/nats-jet-stream-props.ts';
import type { RabbitMqClusterProps } from './rabbitmq/rabbitmq-cluster.ts';
import type { RedisStreamsProps } from './redis-streams/redis-streams.ts';
import type { StrimziKafkaProps } from './strimzi/strimzi-props.ts';

/*
 * Names and types of what brokers are told, for callers without a compiler. Each broker checks its values.
 */

/** What every broker may be told. */
const COMMON = {
  name: optional(text),
  partitions: optional(number()),
  retention: optional(duration),
  maxMessageSize: optional(size),
};
const SERVERS = {
  replicas: optional(number()),
  storage: optional(size),
  storageClass: optional(text),
  memory: optional(size),
};
/** What every Kafka may be told. */
const KAFKA = {
  compression: optional(oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd')),
};
const COPIES = {
  replicationFactor: optional(number()),
  minInSyncReplicas: optional(number()),
};

export const KAFKA_CLUSTER: Shape<KafkaClusterProps> = {
  ...COMMON,
  ...KAFKA,
  ...SERVERS,
  ...COPIES,
  controllers: optional(
    either(
      oneOf(false),
      shaped<KafkaControllersProps>({
        replicas: optional(number()),
        storage: optional(size),
        memory: optional(size),
      }),
    ),
  ),
  security: optional(having('a KafkaSecurity, e.g. KafkaSecurity.scramOverTls()')),
  offsetsRetention: optional(duration),
  socketBuffers: optional(shaped<SocketBuffers>({ send: optional(size), receive: optional(size) })),
  rackAware: optional(flag),
  jmxExporter: optional(flag),
  properties: optional(mapOf(either(number(), flag, text))),
  clusterId: optional(text),
  image: optional(text),
};

export const EXTERNAL_KAFKA: Shape<ExternalKafkaOptions> = {
  ...COMMON,
  ...KAFKA,
  ...COPIES,
  authentication: having('how clients log in, e.g. ExternalKafkaAuthentication.mskIam(…)', 'login'),
  bootstrapServers: optional(listOf(text)),
  topics: optional(oneOf('existing', 'provisioned')),
  brokers: optional(number()),
  offsetsRetention: optional(duration),
  groupPrefix: optional(text),
  peer: optional(having('a NetworkPeer, e.g. { ports: [9092] }', 'ports')),
  exporterJob: optional(text),
  image: optional(text),
};

export const KAFKA_UI: Shape<KafkaUiProps> = {
  broker: having('a KafkaCluster, or a Kafka of KafkaCluster.fromBootstrap', 'pubSubBinding'),
  name: optional(text),
  image: optional(text),
  authentication: optional(flag),
  user: optional(text),
  readOnly: optional(flag),
  messages: optional(flag),
  ingress: optional(listOf(having('a NetworkPolicyPeer'))),
  size: optional(
    shaped<ContainerSize>({
      cpuRequest: text,
      cpuLimit: optional(text),
      memoryRequest: size,
      memoryLimit: optional(size),
    }),
  ),
};

export const STRIMZI_KAFKA: Shape<StrimziKafkaProps> = {
  ...COMMON,
  ...KAFKA,
  ...SERVERS,
  ...COPIES,
  version: optional(text),
  controllers: optional(number()),
  offsetsRetention: optional(duration),
  authentication: optional(flag),
  zones: optional(flag),
  controllerStorage: optional(size),
  controllerMemory: optional(size),
  operatorMemory: optional(size),
  operatorNamespace: optional(text),
};

export const RABBIT_MQ: Shape<RabbitMqClusterProps> = {
  ...COMMON,
  ...SERVERS,
  authentication: optional(flag),
  inOrder: optional(flag),
  image: optional(text),
};

export const REDIS_STREAMS: Shape<RedisStreamsProps> = {
  ...COMMON,
  ...SERVERS,
  minInSyncReplicas: optional(number()),
  authentication: optional(flag),
  appendFsync: optional(text),
  failoverAfter: optional(duration),
  redeliverAfter: optional(duration),
  concurrency: optional(number()),
  image: optional(text),
  exporterImage: optional(text),
};

export const NATS_JET_STREAM: Shape<NatsJetStreamProps> = {
  ...COMMON,
  ...SERVERS,
  replicationFactor: optional(number()),
  maxInFlight: optional(number()),
  authentication: optional(flag),
  syncInterval: optional(duration),
  image: optional(text),
  toolsImage: optional(text),
};
