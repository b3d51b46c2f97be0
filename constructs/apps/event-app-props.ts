import type { Duration } from 'cdk8s';
import {
  duration,
  either,
  having,
  number,
  oneOf,
  optional,
  type Shape,
  shaped,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import type { BulkDelivery } from '../dapr/dapr-subscription.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { START_POSITION, type StartPosition } from '../messaging/topic-policies.ts';
import { RETRY_POLICY, type RetryPolicy } from '../dapr/retry-policy.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { ConsumerAlertOptions } from '../observability/consumer-alerts.ts';
import type { DeliverySloOptions } from '../observability/delivery-slo.ts';
import { type KedaLagScalerOptions, LAG_SCALER_OPTIONS } from '../scaling/keda-lag-scaler.ts';
import { jobOptionsCheck, type JobOptions } from './app-jobs.ts';
import { databaseCheck, manifestCheck, podsCheck, pubSubCheck } from './app-checks.ts';
import { APP_OPTIONS, type AppOptions } from './app-options.ts';
import type { IDeadLetterCollector } from './dead-letter-collector.ts';

/** How an app receives events. */
export interface DeliveryOptions {
  /** Bounds of the lag scaler, or `false` for none. @default - 0 locally or 1 in production, to 20 or the partitions */
  readonly scaling?: KedaLagScalerOptions | false;
  /** Tries of a delivery before the event goes to the dead letters. @default - nine, growing apart to ten seconds */
  readonly retries?: RetryPolicy;
  /**
   * How many events are delivered at once, or `false` for one by one.
   * @default - up to 100 events, or as many as an eighth of the memory holds, that arrive within 20 ms
   */
  readonly bulk?: Partial<BulkDelivery> | false;
  /** Collects the events that could not be delivered. @default - they stay in their topic */
  readonly deadLetters?: IDeadLetterCollector;
  /**
   * Where the consumer starts in each of its topics when it is new: at the first event, behind the last, or at the
   * first that was published at a time or later. A consumer that has been there goes on where it is.
   *
   * @default - at the first event; of RabbitMQ, with what comes once its queue is there
   */
  readonly startFrom?: StartPosition;
  /**
   * Age of the oldest event that is processed, up to 1096 days: for so long the inbox remembers what was processed.
   * Older events go to the quarantine. Mandatory where a topic keeps events for good.
   *
   * @default - as long as an event may be delivered: from the topic, and then from its dead letters
   */
  readonly inboxRetention?: Duration;
  /**
   * Number of the run through the log. With another number every event that is delivered is processed
   * once more: to rebuild what was derived from a log, empty the derived tables, raise this, and set
   * the consumer group back to the oldest offset.
   * @default 0
   */
  readonly epoch?: number;
  /** Thresholds of the alerts. @default - lag 1000 for 5 minutes, 95th percentile 10 s */
  readonly alerts?: ConsumerAlertOptions;
  /** How soon events are to be processed, or `false` for no SLO. @default - 99 of 100 within 30 s */
  readonly slo?: DeliverySloOptions | false;
}

/** What each option of deliveries must be. @internal */
export const DELIVERY_OPTIONS: Shape<DeliveryOptions> = {
  scaling: optional(either(oneOf(false), shaped<KedaLagScalerOptions>(LAG_SCALER_OPTIONS))),
  retries: optional(shaped<RetryPolicy>(RETRY_POLICY)),
  bulk: optional(
    either(
      oneOf(false),
      shaped<Partial<BulkDelivery>>({
        maxEvents: optional(number()),
        maxWait: optional(duration),
      }),
    ),
  ),
  deadLetters: optional(having('a DeadLetterProcessor', 'collect', 'appId')),
  startFrom: optional(START_POSITION),
  inboxRetention: optional(duration),
  epoch: optional(
    whole(
      0,
      1_000_000,
      'is not a number of a run through the log: use a whole number from 0 to 1000000',
    ),
  ),
  alerts: optional(
    shaped<ConsumerAlertOptions>({
      maxLag: optional(number()),
      maxDrainTime: optional(duration),
      for: optional(duration),
      maxProcessingTime: optional(duration),
      maxErrorRatio: optional(number()),
    }),
  ),
  slo: optional(
    either(
      oneOf(false),
      shaped<DeliverySloOptions>({ within: optional(duration), ratio: optional(number()) }),
    ),
  ),
};

/** Properties of {@link EventApp}. */
export interface EventAppProps extends AppOptions, DeliveryOptions {
  /** What the image publishes, subscribes to and serves. */
  readonly manifest: AppManifest;
  /** The pub/sub component that it publishes to and receives from. */
  readonly pubSub: DaprPubSub;
  /**
   * Where its tables, inbox and outbox are. Mandatory where it receives events, unless `command` starts an image that
   * remembers by itself what it has processed.
   *
   * @default - none
   */
  readonly database?: PostgresDatabase;
  /**
   * Pods under normal load, unless a scaler says how many: kept while the lag cannot be read, and always when
   * `scaling` is off. At most the partitions.
   *
   * @default - 1, or of an app that receives events 2 or the partitions where they are fewer
   */
  readonly replicas?: number;
  /**
   * How long a rollout waits for a new version of a projection to be built: its pods are ready once that has caught up.
   *
   * @default 1 hour
   */
  readonly rebuildTimeout?: Duration;
  /**
   * What this environment says of the jobs of the manifest, by name.
   *
   * @default - all run, as the manifest says
   * @example
   * new EventApp(platform, 'todo', { manifest, pubSub, database, jobs: { cleanup: { schedule: '@hourly' } } });
   */
  readonly jobs?: JobOptions;
}

/** What each property must be. @internal */
export const EVENT_APP_PROPS: Shape<EventAppProps> = {
  ...APP_OPTIONS,
  ...DELIVERY_OPTIONS,
  manifest: manifestCheck,
  pubSub: pubSubCheck,
  database: optional(databaseCheck()),
  jobs: jobOptionsCheck,
  rebuildTimeout: optional(duration),
  replicas: optional(
    podsCheck(
      'is not a number of pods under normal load: use 1 or more, and scaling.minReplicas for zero',
    ),
  ),
};
