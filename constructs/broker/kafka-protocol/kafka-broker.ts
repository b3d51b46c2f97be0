import type { ComponentMetadata } from '../../messaging/component-metadata.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type {
  Compression,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import type { Toolbox, ToolboxClient } from '../../messaging/toolbox.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { kafkaComponent } from './kafka-component.ts';
import type { InspectionRights, KafkaInspectorLogin } from './kafka-inspection.ts';
import { kafkaToolbox } from './kafka-toolbox.ts';
import { kafkaLagTrigger } from './kafka-lag-trigger.ts';
import { kafkaGrowthQuery, kafkaLagQuery } from './kafka-queries.ts';
import { MessageBroker } from '../parts/message-broker.ts';

/** How sidecars and KEDA connect to a Kafka. */
export interface KafkaConnection {
  /** Settings by which a sidecar logs in. */
  readonly component: readonly ComponentMetadata[];
  /** How sidecars compress what they publish. */
  readonly compression: Compression | 'none';
  /** Settings by which KEDA logs in. @default - none */
  readonly scaler?: Readonly<Record<string, string>> | undefined;
  /** The TriggerAuthentication that has KEDA's secrets. @default - none */
  readonly scalerAuthentication?: LagTrigger['authenticationRef'];
  /** Version of the wire protocol. @default - `KAFKA_PROTOCOL_VERSION` */
  readonly version?: string;
  /** Further settings of the Dapr component. @default - none */
  readonly settings?: readonly ComponentMetadata[];
}

/** A Kafka: one that the platform runs itself, that an operator runs, or that somebody else runs. */
export abstract class KafkaBroker extends MessageBroker {
  /** `host:port` that clients bootstrap from, with commas between. */
  public abstract readonly bootstrapServers: string;
  public readonly deliversInBulk = true;
  /** Job that Prometheus scrapes the exporter of topics and groups as. */
  protected abstract readonly exporterJob: string;
  /** How sidecars and KEDA connect. */
  protected abstract connection(): KafkaConnection;
  readonly #starts: GroupStart[] = [];

  /** Consumer groups, and where each starts when it is new. */
  protected get starts(): readonly GroupStart[] {
    return [...this.#starts];
  }

  /**
   * Lets a workload look at topics, groups and settings.
   *
   * @throws DeclarationError when no workload can get such an account.
   */
  public abstract grantInspect(workload: string, rights: InspectionRights): KafkaInspectorLogin;

  /** Image with Kafka's tools in `/opt/kafka/bin`. */
  protected readonly toolsImage: string = DEFAULT_IMAGES.kafka;

  /** The account may read every topic, and as every group, and so set where it goes on. */
  public toolbox({ account }: ToolboxClient): Toolbox | string {
    const login = this.grantInspect(account, { messages: true, changes: false, resets: true });
    const { toolsImage: image, bootstrapServers, peer } = this;
    const groupPrefix = this.consumerGroupOf('');
    return kafkaToolbox({ image, bootstrapServers, peer, login, groupPrefix, account });
  }

  /** The consumer group of an app, as the brokers know it. */
  public consumerGroupOf(appId: string): string {
    return appId;
  }

  /** Notes where an app's group starts: at the first event, unless it says otherwise. */
  protected noteStart(topic: string, { appId }: IEventApp, { startFrom }: SubscriptionNeeds): void {
    const group = this.consumerGroupOf(appId);
    this.#starts.push({ topic, group, start: startFrom ?? 'beginning' });
  }

  /** Pods of a group share the partitions, and a key is in one of them. */
  public keyOrderProblem(): undefined {
    return undefined;
  }

  public pubSubBinding(): PubSubBinding {
    const { component, compression, version, settings } = this.connection();
    return kafkaComponent({
      bootstrapServers: this.bootstrapServers,
      login: component,
      // A prefix is written out: "{namespace}" would also be put before the names of topics.
      consumerGroup: this.consumerGroupOf('{appID}'),
      maxMessageSize: this.maxMessageSize,
      compression,
      ...(version !== undefined && { version }),
      ...(settings && { settings }),
    });
  }

  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    const { scaler, scalerAuthentication, version } = this.connection();
    return kafkaLagTrigger({
      bootstrapServers: this.bootstrapServers,
      subscription: this.#onBrokers(subscription),
      thresholds,
      ...(version !== undefined && { version }),
      ...(scaler && { login: scaler }),
      ...(scalerAuthentication && { authentication: scalerAuthentication }),
    });
  }

  public lagQuery(subscription: TopicSubscription): string {
    return kafkaLagQuery({ ...this.#onBrokers(subscription), job: this.exporterJob });
  }

  public growthQuery(topic: string, range: string): string {
    return kafkaGrowthQuery(this.exporterJob, topic, range);
  }

  #onBrokers({ topic, consumerGroup }: TopicSubscription): TopicSubscription {
    return { topic, consumerGroup: this.consumerGroupOf(consumerGroup) };
  }
}
