import { type Duration, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { type EventContract, type AppManifest } from '@cdk8s-event-platform/contracts';
import { RUNTIME_ENV, RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../core/event-platform.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { Problems } from '../core/problems.ts';
import { useContracts } from '../dapr/contract-registry.ts';
import type { IDaprApp } from '../dapr/dapr-app.ts';
import type { DaprPubSub } from '../dapr/dapr-pub-sub.ts';
import { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import { type BulkDelivery, DaprSubscription } from '../dapr/dapr-subscription.ts';
import type { RetryPolicy } from '../dapr/retry-policy.ts';
import type { Topic } from '../dapr/topic.ts';
import type { CertificateFile } from '../data/certificate-file.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { ConsumerAlerts, type ConsumerAlertOptions } from '../observability/consumer-alerts.ts';
import {
  DeliveryObjective,
  type DeliveryObjectiveOptions,
} from '../observability/delivery-objective.ts';
import { ProducerAlerts } from '../observability/producer-alerts.ts';
import { KedaLagScaler, type KedaLagScalerOptions } from '../scaling/keda-lag-scaler.ts';
import { type IScalable, podsProblem } from '../scaling/scalable.ts';
import type { NetworkPeer } from '../security/network-policies.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { appProblems } from './app-checks.ts';
import { type AppOptions, AppWorkload } from './app-workload.ts';
import { bulkDelivery } from './bulk-delivery.ts';
import { CONSUMER_PROPS, consumerProblems, retryEnv } from './consumer-checks.ts';
import type { DeadLetterProcessor } from './dead-letter-processor.ts';

/** Pods where nobody says otherwise, and there are as many partitions. */
const DEFAULT_REPLICAS = 2;

/** Properties of {@link IdempotentConsumer}. */
export interface IdempotentConsumerProps extends AppOptions {
  /** What the image says of itself; `subscribes` names at least one event. It may publish, too, by its outbox. */
  readonly manifest: AppManifest;
  /** The pub/sub component that it receives from. */
  readonly pubSub: DaprPubSub;
  /** Where the inbox and the effects of events are. */
  readonly database: PostgresDatabase;
  /** Pods under normal load: kept while the lag cannot be read, and always when `scaling` is off. At most the partitions. @default - 2, or the partitions where they are fewer */
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

/**
 * An app that processes each event once, however often it is delivered: the event's effect and its
 * row in the inbox commit together. Comes with subscription, retries, dead-letter topic, scaler,
 * network policy, scraping and alerts; each can be reached and patched.
 */
export class IdempotentConsumer extends Construct implements IDaprApp, IScalable {
  public readonly manifest: AppManifest;
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
  /** Alerts on events that do not reach the broker; undefined where the image publishes nothing. */
  public readonly publishingAlerts: ProducerAlerts | undefined;
  /** A topic that the pods share; all have as many partitions. */
  public readonly sharedTopic: Topic;
  /** Alerts on the objective; undefined where there is none. */
  public readonly objective: DeliveryObjective | undefined;
  #scaled = false;

  public constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    assignLayer(this, Layer.APPS);
    const problems = new Problems(this);
    problems.props(props, CONSUMER_PROPS);
    const { manifest, pubSub, database, epoch = 0 } = props;
    const contracts = manifest.subscribes ?? [];
    const publishes = manifest.publishes ?? [];
    const { bulk, problems: bulkProblems } = bulkDelivery(props);
    problems.add(...appProblems(this, props), ...consumerProblems(this, props), ...bulkProblems);
    problems.report();
    EventPlatform.of(this).addApp(this, manifest.appId);
    useContracts(this, [...publishes, ...contracts]);
    this.manifest = manifest;
    this.appId = manifest.appId;
    this.database = database;
    this.workload = new AppWorkload(this, 'app', {
      ...props,
      env: [
        {
          name: RUNTIME_ENV.inboxDays,
          value: Lazy.any({ produce: () => String(database.inboxDays) }) as string,
        },
        ...retryEnv(props),
        ...(epoch > 0 ? [{ name: RUNTIME_ENV.consumerEpoch, value: String(epoch) }] : []),
        ...(props.env ?? []),
      ],
      component: 'consumer',
      healthPath: RUNTIME_PATHS.ready,
      replicas: () => (this.#scaled ? undefined : this.replicas),
    });
    for (const contract of publishes) {
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
    const topics = this.subscriptions.map(({ topic }) => topic);
    this.sharedTopic = topics[0]!;
    this.replicas = props.replicas ?? Math.min(DEFAULT_REPLICAS, this.sharedTopic.partitions);
    this.#checkPods(topics, props);
    for (const topic of topics) {
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

    if (props.scaling !== false) {
      this.scaler = new KedaLagScaler(this, 'scaler', {
        ...props.scaling,
        target: this,
        broker: pubSub.broker,
        consumerGroup: this.appId,
        topics,
        fallbackReplicas: this.replicas,
        more: [database.dueWorkTrigger(this.appId)],
      });
    }
    this.#checkOrder(contracts, pubSub, this.scaler?.maxReplicas ?? this.replicas);
    this.alerts = new ConsumerAlerts(this, 'alerts', {
      ...props.alerts,
      appId: this.appId,
      broker: pubSub.broker,
      topics,
    });
    if (publishes.length > 0) {
      this.publishingAlerts = new ProducerAlerts(this, 'publishing-alerts', {
        appId: this.appId,
        outbox: true,
        name: `${this.appId}-publishing`,
      });
    }
    if (props.objective !== false) {
      this.objective = new DeliveryObjective(this, 'objective', {
        ...props.objective,
        appId: this.appId,
      });
    }
  }

  /** Refuses more pods than can have something to do. */
  #checkPods(topics: readonly Topic[], { scaling }: IdempotentConsumerProps): void {
    const problems = new Problems(this);
    problems.add(
      new Set(topics.map((topic) => topic.partitions)).size > 1 &&
        `receives topics with unequal partitions in one consumer group (${topics.map((topic) => `${topic.name}: ${topic.partitions}`).join(', ')}): some pods would get nothing of the narrower ones; give them equal partitions, or one app each`,
      // A lag scaler never has more of them.
      scaling === false && podsProblem('replicas', this.replicas, this.sharedTopic),
    );
    problems.report();
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
