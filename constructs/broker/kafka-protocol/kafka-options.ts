import type { Duration } from 'cdk8s';
import {
  duration,
  number,
  oneOf,
  optional,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import type { Compression } from '../../messaging/message-broker.ts';
import type { BrokerDefaults, Environment } from '../../platform/environment.ts';
import { type BrokerServerOptions, serverOptions } from '../parts/broker-options.ts';

/** Options of every Kafka. */
export interface KafkaOptions {
  /** Copies of each partition. @default - 1 locally, 3 in production */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it is confirmed. @default - 1 locally, 2 in production */
  readonly minInSyncReplicas?: number;
  /** How long offsets of a group without members are kept. @default - a day longer than the longest retention */
  readonly offsetsRetention?: Duration;
  /**
   * How sidecars compress what they publish. Consumers read whatever is in a topic.
   *
   * @default - 'none' locally, 'zstd' in production
   */
  readonly compression?: Compression | 'none';
}

/** For callers without a compiler. Each Kafka checks the values itself. @internal */
export const KAFKA_OPTIONS: Shape<KafkaOptions> = {
  replicationFactor: optional(number()),
  minInSyncReplicas: optional(number()),
  offsetsRetention: optional(duration),
  compression: optional(oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd')),
};

/** Copies that topics of a Kafka have. @internal */
export function kafkaCopies(
  defaults: Pick<BrokerDefaults, 'replicationFactor' | 'minInSyncReplicas'>,
  options: KafkaOptions,
) {
  return {
    replicationFactor: options.replicationFactor ?? defaults.replicationFactor,
    minInSyncReplicas: options.minInSyncReplicas ?? defaults.minInSyncReplicas,
  };
}

/** Servers of a Kafka in the platform, what each of them gets, and copies that topics have. @internal */
export function kafkaServers(
  environment: Environment,
  options: KafkaOptions & BrokerServerOptions,
) {
  return { ...serverOptions(environment, options), ...kafkaCopies(environment.broker, options) };
}
