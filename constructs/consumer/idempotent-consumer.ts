import { Duration, Lazy, SizeRoundingBehavior } from 'cdk8s';
import { Construct } from 'constructs';
import {
  type EventContract,
  type ImageManifest,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '../contracts/index.ts';
import { DeclarationError } from '../core/errors.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import type { IDaprApp } from '../dapr/dapr-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import { type BulkDelivery, DaprSubscription } from '../dapr/dapr-subscription.ts';
import type { RetryPolicy } from '../dapr/retry-policy.ts';
import type { CertificateFile } from '../data/certificate-file.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { ConsumerAlerts, type ConsumerAlertOptions } from '../observability/consumer-alerts.ts';
import {
  DeliveryObjective,
  type DeliveryObjectiveOptions,
} from '../observability/delivery-objective.ts';
import { KedaLagScaler, type KedaLagScalerOptions } from '../scaling/keda-lag-scaler.ts';
import type { IScalable } from '../scaling/scalable.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { type AppOptions, AppWorkload, DEFAULT_SIZE } from './app-workload.ts';
import type { DeadLetterProcessor } from './dead-letter-processor.ts';

/** Properties of {@link IdempotentConsumer}. */
export interface IdempotentConsumerProps extends AppOptions {
  /** What the image says of itself; `subscribes` names at least one event. */
  readonly manifest: ImageManifest;
  /** The pub/sub component that it receives from. */
  readonly pubSub: DaprPubSub;
  /** Where the inbox and the effects of events are. */
  readonly database: PostgresDatabase;
  /** Pods under normal load: kept while the lag cannot be read, and always when `scaling` is off. @default 2 */
  readonly replicas?: number;
  /** Bounds of the lag scaler, or `false` for none. @default - 0 locally or 1 in production, to 20 or the partitions */
  readonly scaling?: KedaLagScalerOptions | false;
  /** Tries of a delivery before the event goes to the dead letters. @default - nine, growing apart to ten seconds */
  readonly retries?: RetryPolicy;
  /**
   * How many events are delivered at once, or `false` for one by one.
   * @default - up to 100 or what an eighth of the memory holds, whatever has come within 20 ms
   */
  readonly bulk?: Partial<BulkDelivery> | false;
  /** Who collects the events that could not be delivered. @default - nobody: they stay in their topic */
  readonly deadLetters?: DeadLetterProcessor;
  /**
   * Number of the run through the log. With another number every event that is delivered is processed
   * once more: to rebuild what was derived from a log, empty the derived tables, raise this, and set
   * the consumer group back to the oldest offset.
   * @default 0
   */
  readonly epoch?: number;
  /** Thresholds of the alerts. @default - lag 1000 for 5 minutes, 95th percentile 10 s */
  readonly alerts?: ConsumerAlertOptions;
  /** How soon events are to be processed, or `false` for no objective. @default - 99 of 100 within 30 s */
  readonly objective?: DeliveryObjectiveOptions | false;
}

/** Events that are delivered at once, at most, where nobody says otherwise. */
const MAX_EVENTS = 100;
/** A delivery is in memory several times while it is read: as bytes, as text, and as objects. */
const MEMORY_SHARE = 8;

/**
 * An app that processes each event once, however often it is delivered: the event's effect and its
 * row in the inbox commit together. Comes with subscription, retries, dead-letter topic, scaler,
 * network policy, scraping and alerts; each can be reached and patched.
 */
export class IdempotentConsumer extends Construct implements IDaprApp, IScalable {
  public readonly manifest: ImageManifest;
  public readonly appId: string;
  public readonly hasCpuRequest = true;
  /** Where the inbox and the effects of events are. */
  public readonly database: PostgresDatabase;
  /** Pods, unless a scaler says how many. */
  public readonly replicas: number;
  /** Deployment, ServiceAccount, disruption budget, network policy and scraping. */
  public readonly workload: AppWorkload;
  /** One subscription for each topic. */
  public readonly subscriptions: readonly DaprSubscription[];
  /** How the sidecar retries. */
  public readonly resiliency: DaprResiliency;
  /** The lag scaler; undefined when `scaling` is off. */
  public readonly scaler: KedaLagScaler | undefined;
  /** The alerts. */
  public readonly alerts: ConsumerAlerts;
  /** Alerts on the objective; undefined where there is none. */
  public readonly objective: DeliveryObjective | undefined;
  #scaled = false;

  public constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const { manifest, pubSub, database, replicas = 2 } = props;
    this.manifest = manifest;
    this.appId = manifest.appId;
    this.database = database;
    this.replicas = replicas;
    const contracts = manifest.subscribes ?? [];
    if (contracts.length === 0) {
      throw new DeclarationError(
        this,
        `image manifest '${manifest.appId}' subscribes to nothing: list its events under 'subscribes', or use EventProducer`,
      );
    }
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new DeclarationError(
        this,
        `replicas (${replicas}) is not a number of pods under normal load: use 1 or more, and scaling.minReplicas for zero`,
      );
    }
    const { epoch = 0 } = props;
    if (!Number.isInteger(epoch) || epoch < 0 || epoch > 1_000_000) {
      throw new DeclarationError(
        this,
        `epoch (${epoch}) is not a number of a run through the log: use a whole number from 0 to 1000000`,
      );
    }
    const bulk = this.#bulk(props);
    this.workload = new AppWorkload(this, 'app', {
      ...props,
      env: [
        {
          name: RUNTIME_ENV.inboxDays,
          value: Lazy.any({ produce: () => String(database.inboxDays) }) as string,
        },
        ...(epoch > 0 ? [{ name: RUNTIME_ENV.consumerEpoch, value: String(epoch) }] : []),
        ...(props.env ?? []),
      ],
      component: 'consumer',
      healthPath: RUNTIME_PATHS.ready,
      replicas: () => (this.#scaled ? undefined : replicas),
    });
    for (const migration of manifest.migrations ?? []) {
      database.addMigration(migration);
    }
    for (const contract of manifest.publishes ?? []) {
      pubSub.topicOf(contract).grantPublish(this);
    }
    this.subscriptions = byTopic(contracts).map(
      ([topic, ofTopic]) =>
        new DaprSubscription(this, `subscription-${topic}`, {
          app: this,
          pubSub,
          contracts: ofTopic,
          bulk,
        }),
    );
    for (const { topic } of this.subscriptions) {
      database.rememberEvents(
        Math.ceil(days(topic.spec.retention) + days(topic.deadLetterRetention)) + 1,
      );
      props.deadLetters?.collect(this, topic, database);
    }
    this.resiliency = new DaprResiliency(this, 'resiliency', {
      app: this,
      pubSub,
      ...(props.retries && { deliveries: props.retries }),
    });

    const topics = this.subscriptions.map(({ topic }) => topic);
    const partitions = new Set(topics.map((topic) => topic.partitions));
    if (partitions.size > 1) {
      throw new DeclarationError(
        this,
        `receives topics with unequal partitions in one consumer group (${topics.map((topic) => `${topic.name}: ${topic.partitions}`).join(', ')}): some pods would get nothing of the narrower ones; give them equal partitions, or one app each`,
      );
    }
    if (props.scaling !== false) {
      this.scaler = new KedaLagScaler(this, 'scaler', {
        ...props.scaling,
        target: this,
        broker: pubSub.broker,
        consumerGroup: this.appId,
        topics,
        fallbackReplicas: replicas,
        more: [database.dueWorkTrigger(this.appId)],
      });
    }
    this.#checkOrder(contracts, pubSub, this.scaler?.maxReplicas ?? replicas);
    this.alerts = new ConsumerAlerts(this, 'alerts', {
      ...props.alerts,
      appId: this.appId,
      broker: pubSub.broker,
      topics,
    });
    if (props.objective !== false) {
      this.objective = new DeliveryObjective(this, 'objective', {
        ...props.objective,
        appId: this.appId,
      });
    }
  }

  /** Refuses contracts that need an order which the broker does not keep for this many pods. */
  #checkOrder(contracts: readonly EventContract[], pubSub: DaprPubSub, pods: number): void {
    const ordered = contracts.find((contract) => contract.ordered === true);
    const problem = ordered === undefined ? undefined : pubSub.broker.keyOrderProblem(pods);
    if (problem !== undefined) {
      throw new DeclarationError(
        this,
        `event '${ordered!.type}' needs the order of its key '${ordered!.key}', and ${problem}`,
      );
    }
  }

  /** How many events are delivered at once: as many as the app has memory for. */
  #bulk(props: IdempotentConsumerProps): BulkDelivery | undefined {
    const { maxMessageSize, deliversInBulk } = props.pubSub.broker;
    if (props.bulk === false || (props.bulk === undefined && !deliversInBulk)) {
      return undefined;
    }
    if (!deliversInBulk) {
      throw new DeclarationError(
        this,
        `bulk delivery from a broker that hands out one event at a time would have each wait for company: leave 'bulk' out`,
      );
    }
    const memory =
      (props.size ?? DEFAULT_SIZE).memoryLimit ?? (props.size ?? DEFAULT_SIZE).memoryRequest;
    const fitting = Math.max(
      1,
      Math.floor(memory.toKibibytes() / MEMORY_SHARE / maxMessageSize.toKibibytes()),
    );
    const { maxEvents = Math.min(MAX_EVENTS, fitting), maxWait = Duration.millis(20) } =
      props.bulk ?? {};
    if (!Number.isInteger(maxEvents) || maxEvents < 1) {
      throw new DeclarationError(
        this,
        `bulk.maxEvents (${maxEvents}) is not a number of events: use 1 or more, or \`bulk: false\` for one by one`,
      );
    }
    if (maxEvents > fitting) {
      const needed = Math.ceil((maxEvents * MEMORY_SHARE * maxMessageSize.toKibibytes()) / 1024);
      throw new DeclarationError(
        this,
        `bulk.maxEvents (${maxEvents}) of at most ${maxMessageSize.toKibibytes()} KiB each may fill more than an eighth of the memory limit (${memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })} MiB): use at most ${fitting}, a memory limit of ${needed} MiB, or a smaller maxMessageSize of the broker`,
      );
    }
    if (maxWait.toMilliseconds() < 1) {
      throw new DeclarationError(
        this,
        `bulk.maxWait (${maxWait.toHumanString()}) is no time to wait: use 1 ms or more, e.g. 20 ms`,
      );
    }
    return { maxEvents, maxWait };
  }

  public get deploymentName(): string {
    return this.appId;
  }

  public allowEgress(peer: NetworkPeer): void {
    this.workload.allowEgress(peer);
  }

  public addSidecarSecret(variable: string, secret: SecretReference, key: string): void {
    this.workload.addSidecarSecret(variable, secret, key);
  }

  /** Gives the sidecar a file with certificates, at its own path. */
  public addSidecarFile(file: CertificateFile): void {
    this.workload.addSidecarFile(file);
  }

  public attachScaler(): void {
    this.#scaled = true;
  }
}

function days(duration: Duration): number {
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
