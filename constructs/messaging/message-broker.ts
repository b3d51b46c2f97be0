import type { Duration, Size } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ComponentMetadata } from './component-metadata.ts';
import type { IEventApp } from './event-app.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { Toolbox, ToolboxClient } from './toolbox.ts';
import type { Retention, StartPosition } from './topic-policies.ts';

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
  readonly retention: Retention;
  /** How the broker keeps messages, where it can choose. @default - as they come */
  readonly compression?: Compression;
  /** Largest message, where it is smaller than the broker's. @default - the broker's */
  readonly maxMessageSize?: Size;
  /** Volume of messages in one second, on average. @default - not known */
  readonly throughput?: Size;
  /**
   * Whether consumers need the order of a key. With more partitions, keys move to others: a broker of which the platform
   * changes the partitions does so only when no event is unprocessed. @default false
   */
  readonly ordered?: boolean;
}

/** Sizes that topics of a broker start from. */
export interface TopicDefaults extends Omit<TopicSpec, 'name' | 'retention' | 'ordered'> {
  /** How long messages are kept. */
  readonly retention: Duration;
}

/** Codecs that Kafka has. */
export type Compression = 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** One consumer group reading one topic. */
export interface TopicSubscription {
  /** Name of the topic. */
  readonly topic: string;
  /** Consumer group, which is the app id of the consumer. */
  readonly consumerGroup: string;
}

/** What a consumer asks of a broker. */
export interface SubscriptionNeeds {
  /** Whether events of one key have to be processed in their order. */
  readonly ordered: boolean;
  /** Where the group starts when it is new. @default - where groups of the broker start */
  readonly startFrom?: StartPosition | undefined;
}

/** One trigger of a KEDA ScaledObject. */
export interface LagTrigger {
  /** Name of the KEDA scaler, e.g. `kafka`. */
  readonly type: string;
  /** Settings of the scaler. All are strings. */
  readonly metadata: Readonly<Record<string, string>>;
  /** TriggerAuthentication that logs the scaler in. @default - none */
  readonly authenticationRef?: { readonly name: string };
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
  /** What people call it, e.g. `Apache Kafka`. @default - the id of the construct */
  readonly kind?: string;
  /** Sizes that topics start from. */
  readonly topicDefaults: TopicDefaults;
  /** Largest message that the broker takes. */
  readonly maxMessageSize: Size;
  /** Where apps connect to. */
  readonly peer: NetworkPeer;
  /**
   * Whether a sidecar gets events fast enough to deliver several at once. A broker that hands out
   * the next event only after the last one would have each wait for company.
   */
  readonly deliversInBulk: boolean;
  /**
   * Time that the retries of a delivery may take on average, so that the broker does not deliver it again
   * before they end. @default - any: it waits
   */
  readonly maxRetryTime?: Duration;
  /** Provisions a topic. Later calls with the same name are refused. */
  addTopic(spec: TopicSpec): void;
  /**
   * Notes a topic that others provision, under a name that no topic has yet. A broker that has it shares its
   * servers with others.
   *
   * @default - every topic is the platform's: imports are refused
   */
  importTopic?(spec: TopicSpec): void;
  /** Whether clients outside the platform publish to a topic of the platform. @default - none do */
  publishedByOthers?(topic: string): boolean;
  /** Whether clients outside the platform receive a topic of the platform. @default - none do */
  receivedByOthers?(topic: string): boolean;
  /** Lets an app publish to a topic. Further calls change nothing. */
  grantPublish(topic: string, app: IEventApp): void;
  /**
   * Lets an app receive a topic as a group of its own. What keeps the group's messages is there
   * before the app first starts. Further calls change nothing.
   */
  grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void;
  /**
   * Why this many pods of one group would not process the events of a key in their order, with the
   * remedy; undefined when they do.
   */
  keyOrderProblem(pods: number): string | undefined;
  /**
   * Why the broker cannot keep the events of a topic for good, or the newest of each key, with the remedy;
   * undefined when it can. @default - it keeps events for a time only
   */
  retentionProblem?(retention: 'unlimited' | 'compacted'): string | undefined;
  /**
   * Why a group that is new cannot start there, with the remedy; undefined when it can.
   * @default - where groups start is not for the platform to say
   */
  startProblem?(subscription: TopicSubscription, start: StartPosition): string | undefined;
  /** The Dapr component for this broker. */
  pubSubBinding(): PubSubBinding;
  /** The KEDA trigger that follows the lag of a subscription. */
  lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger;
  /**
   * A second trigger for a subscription, of a broker whose lag leaves out what was handed out and not
   * acknowledged: with no pod there, nobody would ever acknowledge it. @default - none
   */
  pendingTrigger?(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger;

  /**
   * The broker's own command line for a client that looks into topics and groups, and resets groups; or the reason why
   * there is none, with the remedy. @default - none
   */
  toolbox?(client: ToolboxClient): Toolbox | string;

  /** PromQL: messages that a subscription has not acknowledged yet, one series. */
  lagQuery(subscription: TopicSubscription): string;
  /** PromQL: messages written to a topic within a range such as `10m`, one series. */
  growthQuery(topic: string, range: string): string;
}
