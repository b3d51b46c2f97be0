import type { Size } from 'cdk8s';
import type { Environment } from '../../platform/environment.ts';
import { type ComponentMetadata, setting } from '../../messaging/component-metadata.ts';
import type { Compression, PubSubBinding } from '../../messaging/message-broker.ts';

/** Version of Kafka's wire protocol, not of a broker: the newest that Dapr's client has tested. */
export const KAFKA_PROTOCOL_VERSION = '2.8.0';

/** Options of {@link kafkaComponent}. */
export interface KafkaComponentOptions {
  /** `host:port` that clients bootstrap from, with commas between. */
  readonly bootstrapServers: string;
  /** Settings by which a sidecar logs in. */
  readonly login: readonly ComponentMetadata[];
  /** The consumer group of each app. @default '{appID}' */
  readonly consumerGroup?: string;
  readonly maxMessageSize: Size;
  readonly compression: Compression | 'none';
  /** Version of the wire protocol. @default {@link KAFKA_PROTOCOL_VERSION} */
  readonly version?: string;
  /** Further settings. @default - none */
  readonly settings?: readonly ComponentMetadata[];
}

/**
 * How sidecars compress what they publish where nobody says: by Zstandard in production, not at all in a local
 * environment, whose topics people read with whatever tools they have.
 */
export function defaultCompression({ production }: Environment): Compression | 'none' {
  return production ? 'zstd' : 'none';
}

/**
 * What Dapr's component says of a Kafka.
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-apache-kafka/
 */
export function kafkaComponent(options: KafkaComponentOptions): PubSubBinding {
  const { consumerGroup = '{appID}', compression, maxMessageSize, settings = [] } = options;
  return {
    type: 'pubsub.kafka',
    version: 'v1',
    metadata: [
      setting('brokers', options.bootstrapServers),
      ...options.login,
      // Each app is a group of its own: all get every event, and the pods of one share them.
      setting('consumerGroup', consumerGroup),
      setting('clientID', consumerGroup),
      // With "newest", events published while a consumer is at zero would be skipped.
      setting('initialOffset', 'oldest'),
      setting('maxMessageBytes', maxMessageSize.toKibibytes() * 1024),
      ...(compression === 'none' ? [] : [setting('compression', compression)]),
      ...settings,
      setting('version', options.version ?? KAFKA_PROTOCOL_VERSION),
    ],
  };
}
