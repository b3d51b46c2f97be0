import type {
  LagThresholds,
  LagTrigger,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { KAFKA_PROTOCOL_VERSION } from './kafka-component.ts';

/** Options of {@link kafkaLagTrigger}. */
export interface KafkaLagTriggerOptions {
  /** `host:port` that clients bootstrap from, with commas between. */
  readonly bootstrapServers: string;
  /** Topic, and the group as it is called on the brokers. */
  readonly subscription: TopicSubscription;
  readonly thresholds: LagThresholds;
  /** Version of the wire protocol. @default {@link KAFKA_PROTOCOL_VERSION} */
  readonly version?: string;
  /** Settings by which KEDA logs in. @default - none */
  readonly login?: Readonly<Record<string, string>>;
  /** The TriggerAuthentication that has its secrets. @default - none */
  readonly authentication?: LagTrigger['authenticationRef'];
}

/**
 * The trigger by which KEDA scales on the lag of a consumer group.
 *
 * @see https://keda.sh/docs/latest/scalers/apache-kafka/
 */
export function kafkaLagTrigger(options: KafkaLagTriggerOptions): LagTrigger {
  const { subscription, thresholds, authentication } = options;
  return {
    type: 'kafka',
    metadata: {
      bootstrapServers: options.bootstrapServers,
      consumerGroup: subscription.consumerGroup,
      topic: subscription.topic,
      lagThreshold: String(thresholds.lagThreshold),
      activationLagThreshold: String(thresholds.activationLagThreshold),
      // A group that has never run has no offsets: its lag is the whole topic, as for Dapr.
      offsetResetPolicy: 'earliest',
      version: options.version ?? KAFKA_PROTOCOL_VERSION,
      ...options.login,
    },
    ...(authentication && { authenticationRef: authentication }),
  };
}
