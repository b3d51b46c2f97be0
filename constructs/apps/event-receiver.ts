import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { DeclarationError } from '../core/errors.ts';
import { reportAll } from '../core/problems.ts';
import { DaprSubscription } from '../dapr/dapr-subscription.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { Topic } from '../messaging/topic.ts';
import { isTimed, retentionText } from '../messaging/topic-policies.ts';
import { ConsumerAlerts } from '../observability/consumer-alerts.ts';
import { DeliverySlo } from '../observability/delivery-slo.ts';
import { KedaLagScaler } from '../scaling/keda-lag-scaler.ts';
import { type IScalable, podsProblem } from '../scaling/scalable.ts';
import { bulkDelivery } from './bulk-delivery.ts';
import { MAX_INBOX_DAYS } from './delivery-checks.ts';
import type { EventAppProps } from './event-app-props.ts';
import { coded, keyName } from '@cdk8s-event-platform/contracts/internal';

/** Pods by default, where there are as many partitions. */
const DEFAULT_REPLICAS = 2;

/** Subscribes an app to the topics of its events, in the order of its manifest. */
export function subscribe(
  app: Construct & IEventApp,
  props: EventAppProps,
): readonly DaprSubscription[] {
  const { bulk } = bulkDelivery(props);
  return byTopic(props.manifest.subscribes ?? []).map(
    ([topic, contracts]) =>
      new DaprSubscription(app, `subscription-${topic}`, {
        app,
        pubSub: props.pubSub,
        contracts,
        bulk,
        startFrom: props.startFrom,
      }),
  );
}

/** What follows from the events that an app receives: dead letters, scaler, alerts and SLO. */
export class EventReceiver {
  /** A topic that the pods share; all have as many partitions. */
  public readonly sharedTopic: Topic;
  /** Pods under normal load, unless a scaler says how many. */
  public readonly replicas: number;
  /** The lag scaler; undefined when `scaling` is off. */
  public readonly scaler: KedaLagScaler | undefined;
  /** The alerts. */
  public readonly alerts: ConsumerAlerts;
  /** Alerts on the SLO; undefined without one. */
  public readonly slo: DeliverySlo | undefined;
  readonly #app: Construct & IEventApp & IScalable;

  public constructor(
    app: Construct & IEventApp & IScalable,
    /** One subscription for each topic. */
    public readonly subscriptions: readonly DaprSubscription[],
    props: EventAppProps,
  ) {
    this.#app = app;
    const { pubSub, database, manifest, scaling } = props;
    const contracts = manifest.subscribes ?? [];
    const topics = subscriptions.map(({ topic }) => topic);
    this.sharedTopic = topics[0]!;
    this.replicas = props.replicas ?? Math.min(DEFAULT_REPLICAS, this.sharedTopic.partitions);
    this.#checkPods(topics, props);
    if (database !== undefined) {
      this.#keepInbox(database, topics, props);
      topics.forEach((topic) => props.deadLetters?.collect(app, topic, database));
    }
    if (scaling !== false) {
      this.scaler = new KedaLagScaler(app, 'scaler', {
        ...scaling,
        target: app,
        broker: pubSub.broker,
        consumerGroup: app.appId,
        topics,
        fallbackReplicas: this.replicas,
        ...(database && { more: [database.dueWorkTrigger(app.appId)] }),
      });
    }
    this.#checkOrder(contracts, props, this.scaler?.maxReplicas ?? this.replicas);
    this.alerts = new ConsumerAlerts(app, 'alerts', {
      ...props.alerts,
      appId: app.appId,
      broker: pubSub.broker,
      topics,
    });
    if (props.slo !== false) {
      this.slo = new DeliverySlo(app, 'slo', {
        ...props.slo,
        appId: app.appId,
      });
    }
  }

  /** Lets the inbox remember events for as long as they may be delivered. */
  #keepInbox(
    database: PostgresDatabase,
    topics: readonly Topic[],
    { inboxRetention }: EventAppProps,
  ): void {
    const kept = topics.find(({ spec }) => !isTimed(spec.retention));
    reportAll(
      this.#app,
      coded(
        'EP2013',
        kept !== undefined &&
          inboxRetention === undefined &&
          `topic '${kept.name}' has retention '${retentionText(kept.spec.retention)}', and no inbox remembers events for good: set inboxRetention to the age of the oldest event that ${this.#app.appId} is to process, e.g. Duration.days(365), at most ${MAX_INBOX_DAYS} days; older ones go to the quarantine`,
      ),
    );
    for (const { spec, deadLetterRetention } of topics) {
      if (isTimed(spec.retention)) {
        const days = daysOf(spec.retention) + daysOf(deadLetterRetention);
        database.keepInbox(Duration.days(Math.ceil(days) + 1));
      }
    }
    if (inboxRetention !== undefined) {
      database.keepInbox(inboxRetention);
    }
  }

  /** Refuses more pods than can have something to do. */
  #checkPods(topics: readonly Topic[], { scaling }: EventAppProps): void {
    reportAll(
      this.#app,
      coded(
        'EP4001',
        new Set(topics.map((topic) => topic.partitions)).size > 1 &&
          `receives topics with unequal partitions in one consumer group (${topics.map((topic) => `${topic.name}: ${topic.partitions}`).join(', ')}): some pods would get nothing of the narrower ones; give them equal partitions, or one app each`,
        // A lag scaler never has more of them.
        scaling === false && podsProblem('replicas', this.replicas, this.sharedTopic),
      ),
    );
  }

  /** Refuses contracts that need an order which the broker does not keep for this many pods. */
  #checkOrder(contracts: readonly EventContract[], { pubSub }: EventAppProps, pods: number): void {
    const ordered = contracts.find((contract) => contract.ordered === true);
    const problem = ordered === undefined ? undefined : pubSub.broker.keyOrderProblem(pods);
    if (problem !== undefined) {
      throw new DeclarationError(
        this.#app,
        ...coded(
          'EP2007',
          `event '${ordered!.type}' needs the order of its key '${keyName(ordered!.key)}', and ${problem}`,
        ),
      );
    }
  }
}

function daysOf(duration: Duration): number {
  return duration.toMinutes({ integral: false }) / 1440;
}

/** Contracts grouped by topic, in the order in which the topics first appear. */
function byTopic(contracts: readonly EventContract[]): [string, EventContract[]][] {
  const groups = new Map<string, EventContract[]>();
  for (const contract of contracts) {
    groups.set(contract.topic, [...(groups.get(contract.topic) ?? []), contract]);
  }
  return [...groups];
}
