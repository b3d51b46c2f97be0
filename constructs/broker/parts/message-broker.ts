import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem, Shape } from '@cdk8s-event-platform/contracts/internal';
import { requireProps, validateLater } from '../../core/problems.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type {
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicDefaults,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import { DeclaredTopics } from './declared-topics.ts';

/** A broker and the topics that are declared for it: what every adapter has. */
export abstract class MessageBroker extends Construct implements IMessageBroker {
  public abstract readonly kind: string;
  public abstract readonly topicDefaults: TopicDefaults;
  public abstract readonly maxMessageSize: Size;
  public abstract readonly peer: NetworkPeer;
  public abstract readonly deliversInBulk: boolean;
  /** The topics that are declared, those of others included. */
  protected readonly declaredTopics = new DeclaredTopics(this);

  /** @param shape of the properties, for callers without a compiler. */
  public constructor(scope: Construct, id: string, props: unknown, shape: Shape<object>) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, shape);
    validateLater(this, () => this.topologyProblems());
  }

  /** The topics that the platform provisions, by name. */
  public get topics(): readonly TopicSpec[] {
    return this.declaredTopics.own;
  }

  public addTopic(spec: TopicSpec): void {
    this.declaredTopics.add(spec);
  }

  public abstract grantPublish(topic: string, app: IEventApp): void;
  public abstract grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void;
  public abstract keyOrderProblem(pods: number): string | undefined;
  public abstract pubSubBinding(): PubSubBinding;
  public abstract lagTrigger(
    subscription: TopicSubscription,
    thresholds: LagThresholds,
  ): LagTrigger;
  public abstract lagQuery(subscription: TopicSubscription): string;
  public abstract growthQuery(topic: string, range: string): string;

  /** Reasons why what is declared cannot be provisioned; called when everything is declared. */
  protected abstract topologyProblems(): readonly Problem[];

  /** Namespace of the platform. */
  protected get namespace(): string {
    return EventPlatform.of(this).environment.namespace;
  }

  /** Full DNS name of a Service of the platform. */
  protected hostOf(service: string): string {
    return `${service}.${this.namespace}.svc.cluster.local`;
  }
}
