import { type Duration, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import {
  deadLetterTopic,
  eventRouteIn,
  IGNORED_EVENTS_ROUTE,
  undeclaredRoute,
} from '@cdk8s-event-platform/contracts/interface';
import {
  coded,
  duration,
  having,
  listOf,
  number,
  optional,
  type Shape,
  shaped,
} from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, derivedName } from '../core/names.ts';
import { Problems, reportAll } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { SubscriptionV2Alpha1 } from '../imports/dapr.io.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { DaprPubSub } from './dapr-pub-sub.ts';
import { START_POSITION, type StartPosition } from '../messaging/topic-policies.ts';
import type { Topic } from '../messaging/topic.ts';

/** How many events are delivered at once. */
export interface BulkDelivery {
  /** Events at most. */
  readonly maxEvents: number;
  /** Time after which fewer are delivered. */
  readonly maxWait: Duration;
}

/**
 * Settings of a subscription that say how a queue behind it is kept, where the broker has queues;
 * others pass over them. They are the same whatever the broker is, so that it can be exchanged
 * without touching a subscription.
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-rabbitmq/
 */
export function queueSettings(ordered: boolean): Record<string, string> {
  return {
    // Copies on several nodes, of which most have to have a message before it is confirmed.
    queueType: 'quorum',
    ...(ordered && { singleActiveConsumer: 'true' }),
  };
}

/** Properties of {@link DaprSubscription}. */
export interface DaprSubscriptionProps {
  /** The app that receives. */
  readonly app: IEventApp;
  /** The pub/sub component. */
  readonly pubSub: DaprPubSub;
  /** The events that the app handles; all of one topic. */
  readonly contracts: readonly EventContract[];
  /** How many events are delivered at once. @default - one by one */
  readonly bulk?: BulkDelivery | undefined;
  /** Where the consumer starts when it is new. @default - where groups of the broker start */
  readonly startFrom?: StartPosition | undefined;
}

const SHAPE: Shape<DaprSubscriptionProps> = {
  app: having('an app, e.g. an IdempotentConsumer', 'appId', 'manifest'),
  pubSub: having('a DaprPubSub', 'topicOf', 'broker'),
  contracts: listOf(having('an event contract, e.g. of defineEvent', 'type', 'topic')),
  bulk: optional(shaped<BulkDelivery>({ maxEvents: number(), maxWait: duration })),
  startFrom: optional(START_POSITION),
};

/** Why a consumer cannot start there, with the remedy; undefined when it can. */
function startProblem(
  { broker }: DaprPubSub,
  consumerGroup: string,
  topic: string,
  start: StartPosition | undefined,
): string | undefined {
  if (start === undefined) {
    return undefined;
  }
  const problem = broker.startProblem
    ? broker.startProblem({ topic, consumerGroup }, start)
    : `broker '${broker.node.path}' does not let the platform say where consumers start: leave startFrom out`;
  const shown = start instanceof Date ? start.toISOString() : `'${start}'`;
  return problem && `startFrom (${shown}) is not possible in topic '${topic}': ${problem}`;
}

/**
 * One app's subscription to one topic. All types that the app handles have one route, so that they keep their order;
 * types that the topic is declared to carry and the app does not handle are acknowledged, and what nobody has
 * declared goes to the app's quarantine.
 *
 * @see https://docs.dapr.io/reference/resource-specs/subscription-schema/
 */
export class DaprSubscription extends Construct {
  /** The topic that is received. */
  public readonly topic: Topic;
  /** Topic that takes the events which the app could not process. */
  public readonly deadLetterTopic: string;
  /** The generated object. */
  public readonly subscription: SubscriptionV2Alpha1;

  public constructor(scope: Construct, id: string, props: DaprSubscriptionProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    const problems = new Problems(this);
    problems.props(props, SHAPE);
    const { app, pubSub, contracts, bulk, startFrom } = props;
    problems.add(
      ...coded(
        'EP5002',
        otherPlatformProblem(this, 'app', app),
        otherPlatformProblem(this, 'pubSub', pubSub),
      ),
    );
    problems.report();
    const [first] = contracts;
    if (first === undefined || contracts.some(({ topic }) => topic !== first.topic)) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP1003',
          `contracts of ${new Set(contracts.map(({ topic }) => topic)).size} topics in one subscription: give the contracts of one topic, and use one DaprSubscription for each`,
        ),
      );
    }
    this.topic = pubSub.topicOf(first);
    reportAll(this, coded('EP3006', startProblem(pubSub, app.appId, this.topic.name, startFrom)));
    contracts.forEach((contract) => this.topic.addContract(contract));
    const ordered = contracts.some((contract) => contract.ordered === true);
    this.topic.grantSubscribe(app, ordered, startFrom);
    this.deadLetterTopic = deadLetterTopic(this.topic.name, app.appId);
    const handled = new Set(contracts.map(({ type }) => type));
    const name = derivedName(app.appId, this.topic.name);
    this.subscription = new SubscriptionV2Alpha1(this, 'subscription', {
      metadata: { name, labels: commonLabels(app.appId, 'dapr') },
      scopes: [app.appId],
      spec: {
        pubsubname: pubSub.name,
        topic: this.topic.name,
        deadLetterTopic: this.deadLetterTopic,
        ...(bulk !== undefined && {
          bulkSubscribe: {
            enabled: true,
            maxMessagesCount: bulk.maxEvents,
            maxAwaitDurationMs: bulk.maxWait.toMilliseconds(),
          },
        }),
        routes: {
          default: undeclaredRoute(this.topic.name),
          rules: Lazy.any({
            produce: () =>
              [...new Set(this.topic.contracts.map(({ type }) => type))].sort().map((type) => ({
                match: `event.type == "${type}"`,
                path: handled.has(type)
                  ? eventRouteIn(app.manifest.subscribes ?? [], { type, topic: this.topic.name })
                  : IGNORED_EVENTS_ROUTE,
              })),
          }) as { match: string; path: string }[],
        },
        metadata: queueSettings(ordered),
      },
    });
  }
}
