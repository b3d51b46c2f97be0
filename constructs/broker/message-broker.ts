import type { Duration, Size } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ComponentMetadata } from '../dapr/component-metadata.ts';
import type { NetworkPeer } from '../security/network-policies.ts';

/** A topic that a broker has to have. */
export interface TopicSpec {
  /** Name of the topic. */
  readonly name: string;
  /** Partitions: the most consumers of one group that can share the topic. */
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replicationFactor: number;
  /** Copies that must have a message before it is confirmed. */
  readonly minInSyncReplicas: number;
  /** How long messages are kept. */
  readonly retention: Duration;
}

/** One consumer group reading one topic. */
export interface TopicSubscription {
  /** Name of the topic. */
  readonly topic: string;
  /** Consumer group, which is the app id of the consumer. */
  readonly consumerGroup: string;
}

/** One trigger of a KEDA ScaledObject. */
export interface LagTrigger {
  /** Name of the KEDA scaler, e.g. `kafka`. */
  readonly type: string;
  /** Settings of the scaler. All are strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Thresholds of a lag trigger. */
export interface LagThresholds {
  /** Messages that one pod is expected to have waiting; the pods wanted are lag ÷ this. */
  readonly lagThreshold: number;
  /** Messages above which a consumer at zero is woken. */
  readonly activationLagThreshold: number;
}

/** Type and settings of the Dapr component that connects sidecars to a broker. */
export interface PubSubBinding {
  /** Component type, e.g. `pubsub.kafka`. */
  readonly type: string;
  /** Version of the component type, e.g. `v1`. */
  readonly version: string;
  /** Settings of the component. */
  readonly metadata: readonly ComponentMetadata[];
}

/**
 * What differs between brokers, and nothing else. Consumers, contracts and subscriptions depend on
 * this interface only, so that another broker is another `new XxxCluster(…)`.
 */
export interface IMessageBroker extends IConstruct {
  /** Sizes that topics start from. */
  readonly topicDefaults: Omit<TopicSpec, 'name'>;
  /** Largest message that the broker takes. */
  readonly maxMessageSize: Size;
  /** Where clients connect to. */
  readonly peer: NetworkPeer;
  /** Has a topic provisioned. Later calls with the same name are refused. */
  addTopic(spec: TopicSpec): void;
  /** Lets the pods of a workload connect. */
  allowClient(workload: string): void;
  /** The Dapr component for this broker. */
  pubSubBinding(): PubSubBinding;
  /** The KEDA trigger that follows the lag of a subscription. */
  lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger;
  /** PromQL: messages that a subscription has not acknowledged yet, one series. */
  lagQuery(subscription: TopicSubscription): string;
  /** PromQL: messages written to a topic within a range such as `10m`, one series. */
  growthQuery(topic: string, range: string): string;
}
