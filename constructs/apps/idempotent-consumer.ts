import type { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import type { Construct } from 'constructs';
import type { Shape } from '@cdk8s-event-platform/contracts/internal';
import type { DaprSubscription } from '../dapr/dapr-subscription.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { Topic } from '../messaging/topic.ts';
import type { ConsumerAlerts } from '../observability/consumer-alerts.ts';
import type { DeliverySlo } from '../observability/delivery-slo.ts';
import type { KedaLagScaler } from '../scaling/keda-lag-scaler.ts';
import { databaseCheck } from './app-checks.ts';
import { EventApp } from './event-app.ts';
import { EVENT_APP_PROPS, type EventAppProps } from './event-app-props.ts';
import type { EventReceiver } from './event-receiver.ts';

/** Properties of {@link IdempotentConsumer}; its manifest's `subscribes` names at least one event. */
export interface IdempotentConsumerProps extends EventAppProps {
  /** Where the inbox and the effects of events are. */
  readonly database: PostgresDatabase;
}

const SHAPE: Shape<IdempotentConsumerProps> = {
  ...EVENT_APP_PROPS,
  database: databaseCheck(
    ', which keeps the inbox; an app that remembers by itself what it has processed is an EventService with a `command`',
  ),
};

/**
 * An app that processes each event once, however often it is delivered: the event's effect and its
 * row in the inbox commit together. Comes with subscription, retries, dead-letter topic, scaler,
 * network policy, scraping and alerts; each can be reached and patched.
 */
export class IdempotentConsumer extends EventApp {
  declare public readonly database: PostgresDatabase;
  declare public readonly receiver: EventReceiver;

  public constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id, props, {
      component: 'consumer',
      checkProps: (problems) => problems.props(props, SHAPE),
      problems: ({ manifest }) => [
        (manifest.subscribes ?? []).length === 0 &&
          `app manifest '${manifest.appId}' subscribes to nothing: list its events under 'subscribes', or use EventProducer`,
      ],
    });
  }

  /** How the sidecar retries. */
  public override get resiliency(): DaprResiliency {
    return super.resiliency!;
  }

  /** One subscription for each topic. */
  public get subscriptions(): readonly DaprSubscription[] {
    return this.receiver.subscriptions;
  }

  /** The lag scaler; undefined when `scaling` is off. */
  public get scaler(): KedaLagScaler | undefined {
    return this.receiver.scaler;
  }

  /** The alerts. */
  public get alerts(): ConsumerAlerts {
    return this.receiver.alerts;
  }

  /** A topic that the pods share; all have as many partitions. */
  public override get sharedTopic(): Topic {
    return super.sharedTopic!;
  }

  /** Alerts on the SLO; undefined without one. */
  public get slo(): DeliverySlo | undefined {
    return this.receiver.slo;
  }
}
