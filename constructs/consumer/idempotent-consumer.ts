import { Construct } from 'constructs';
import { type EventContract, type ImageManifest, RUNTIME_PATHS } from '../contracts/index.ts';
import { DeclarationError } from '../core/errors.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import type { IDaprApp } from '../dapr/dapr-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import { DaprSubscription } from '../dapr/dapr-subscription.ts';
import type { RetryPolicy } from '../dapr/retry-policy.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { ConsumerAlerts, type ConsumerAlertOptions } from '../observability/consumer-alerts.ts';
import { KedaLagScaler, type KedaLagScalerOptions } from '../scaling/keda-lag-scaler.ts';
import type { IScalable } from '../scaling/scalable.ts';
import { type AppOptions, AppWorkload } from './app-workload.ts';

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
  /** Thresholds of the alerts. @default - lag 1000 for 5 minutes, 95th percentile 10 s */
  readonly alerts?: ConsumerAlertOptions;
}

/**
 * An app that processes each event once, however often it is delivered: the event's effect and its
 * row in the inbox commit together. Comes with subscription, retries, dead-letter topic, scaler,
 * network policy, scraping and alerts; each can be reached and patched.
 */
export class IdempotentConsumer extends Construct implements IDaprApp, IScalable {
  public readonly manifest: ImageManifest;
  public readonly appId: string;
  public readonly hasCpuRequest = true;
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
  #scaled = false;

  public constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const { manifest, pubSub, database, replicas = 2 } = props;
    this.manifest = manifest;
    this.appId = manifest.appId;
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
    this.workload = new AppWorkload(this, 'app', {
      ...props,
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
        }),
    );
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
      });
    }
    this.alerts = new ConsumerAlerts(this, 'alerts', {
      ...props.alerts,
      appId: this.appId,
      broker: pubSub.broker,
      topics,
    });
  }

  public get deploymentName(): string {
    return this.appId;
  }

  public attachScaler(): void {
    this.#scaled = true;
  }
}

/** Contracts grouped by topic, in the order in which the topics first appear. */
function byTopic(contracts: readonly EventContract[]): [string, EventContract[]][] {
  const groups = new Map<string, EventContract[]>();
  for (const contract of contracts) {
    groups.set(contract.topic, [...(groups.get(contract.topic) ?? []), contract]);
  }
  return [...groups];
}
