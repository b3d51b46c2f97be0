import {
  duration,
  number,
  oneOf,
  optional,
  size,
  text,
} from '@cdk8s-event-platform/contracts/internal';

/*
 * Options that several brokers have, for callers without a compiler. Each broker checks the values itself.
 */

/** Options of every broker. */
export const BROKER_OPTIONS = {
  name: optional(text),
  partitions: optional(number()),
  retention: optional(duration),
  maxMessageSize: optional(size),
};

/** Options of brokers whose servers are in the cluster. */
export const SERVER_OPTIONS = {
  replicas: optional(number()),
  storage: optional(size),
  storageClass: optional(text),
  memory: optional(size),
};

/** Options of every Kafka. */
export const KAFKA_OPTIONS = {
  compression: optional(oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd')),
  replicationFactor: optional(number()),
  minInSyncReplicas: optional(number()),
};
