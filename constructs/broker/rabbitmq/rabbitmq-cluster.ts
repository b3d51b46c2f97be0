import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { requireProps } from '../../core/problems.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { MetricSource } from '../../observability/metric-source.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import { BrokerAccounts } from '../parts/broker-accounts.ts';
import type {
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { daprSettings } from './dapr-settings.ts';
import { Grants } from './grants.ts';
import { KedaLogin } from './keda-login.ts';
import { type Queue, queueName, queuesOf } from './queues.ts';
import {
  copies,
  largestMessage,
  rabbitMqSizingProblems,
  topologyProblems,
} from './rabbitmq-checks.ts';
import { RabbitMqNetwork } from './rabbitmq-network.ts';
import { RabbitMqNodes } from './rabbitmq-nodes.ts';
import { type ClientAccount, RabbitMqProvisioning } from './rabbitmq-provisioning.ts';
import { CONSUMER_TIMEOUT, RABBITMQ_PORTS } from './server-config.ts';
import { flag, optional, text, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { BROKER_OPTIONS, SERVER_OPTIONS } from '../parts/common-shapes.ts';

/** Properties of {@link RabbitMqCluster}. */
export interface RabbitMqClusterProps {
  /** Name of the StatefulSet and of the client Service. @default 'rabbitmq' */
  readonly name?: string;
  /** Servers: 1, or an odd number of 3 or more. Queues have copies on 3 of them. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /**
   * Whether each app has an account of its own, with just the rights that it needs. Without, every
   * client is the guest, who may do everything.
   *
   * @default - only in production
   */
  readonly authentication?: boolean;
  /**
   * Whether events of a topic are processed one after another, in the order in which they were
   * published, for contracts that are `ordered`. One pod of a group works then and the others stand
   * by, and each event waits for the one before it.
   *
   * @default false
   */
  readonly inOrder?: boolean;
  /** Partitions of a topic that does not say otherwise: the most pods of one consumer. @default 3 */
  readonly partitions?: number;
  /** How long messages are kept that nobody has subscribed to, 49 days at most. @default 7 days */
  readonly retention?: Duration;
  /** Largest message; at most 128 MiB. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /** Volume of each server, a tenth of which stays free. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Storage class of the volumes. @default - the cluster's own default */
  readonly storageClass?: string;
  /** Memory limit of each server; publishers wait when half of it is in use. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Image, with bash and RabbitMQ's programs in the path. @default - `DEFAULT_IMAGES.rabbitMq` */
  readonly image?: string;
}

const RABBIT_MQ: Shape<RabbitMqClusterProps> = {
  ...BROKER_OPTIONS,
  ...SERVER_OPTIONS,
  authentication: optional(flag),
  inOrder: optional(flag),
  image: optional(text),
};

/**
 * RabbitMQ with quorum queues: StatefulSet, Services, disruption budget, and a Job that brings
 * exchanges, queues, policies and accounts about.
 *
 * A topic is an exchange, and each consumer has a queue of its own behind it. It gets what is
 * published from the time on at which the Job has made the queue, also while it has no pods. What
 * is in its queue stays until it is processed: a topic's retention is for topics and dead letters
 * that nobody has subscribed to. A queue whose consumer is no longer declared goes on filling; the
 * Job names it, so that somebody deletes it.
 *
 * RabbitMQ cannot change a queue: when a contract becomes `ordered`, or no longer is, the Job fails
 * until the consumer's queue has been emptied and deleted by hand. Accounts of apps follow their
 * Secrets when the Job runs; the one of the Job itself is made when the first server starts.
 *
 * Connections are not encrypted: let the network do that, or keep the platform's namespace on
 * nodes of its own.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues
 */
export class RabbitMqCluster extends Construct implements IMessageBroker {
  public readonly kind = 'RabbitMQ';
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /**
   * Dapr (up to 1.18) gathers deliveries of this broker in memory, and forgets those that it has gathered
   * when an app is not ready: they would stay unacknowledged until the sidecar restarts.
   *
   * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/pubsub/default_bulksub.go
   */
  public readonly deliversInBulk = false;
  // A wait may be half as long again as it says.
  public readonly maxRetryTime = Duration.millis(CONSUMER_TIMEOUT.toMilliseconds() / 1.5);
  /** Full name of the client Service. */
  public readonly host: string;
  /** The StatefulSet and what surrounds it. */
  public readonly nodes: RabbitMqNodes;
  readonly #inOrder: boolean;
  readonly #accounts: BrokerAccounts | undefined;
  readonly #kedaLogin: KedaLogin | undefined;
  readonly #topics = new Map<string, TopicSpec>();
  readonly #grants = new Grants();

  public constructor(scope: Construct, id: string, props: RabbitMqClusterProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, RABBIT_MQ);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const name = requireDnsLabel(this, 'name', props.name ?? 'rabbitmq', 40);
    const replicas = props.replicas ?? environment.broker.replicas;
    this.maxMessageSize = props.maxMessageSize ?? Size.mebibytes(1);
    const problems = rabbitMqSizingProblems(replicas, this.maxMessageSize);
    if (problems.length > 0) {
      throw new DeclarationError(this, ...problems);
    }

    this.host = `${name}.${environment.namespace}.svc.cluster.local`;
    this.peer = { who: workloads(() => [name]), ports: [RABBITMQ_PORTS.amqp] };
    this.topicDefaults = {
      partitions: props.partitions ?? 3,
      replicationFactor: copies(replicas),
      // Most copies of a quorum queue have a message before it is confirmed.
      minInSyncReplicas: Math.ceil(copies(replicas) / 2),
      retention: props.retention ?? Duration.days(7),
    };
    this.#inOrder = props.inOrder ?? false;
    const provisioning = `${name}-provisioning`;
    if (props.authentication ?? environment.production) {
      this.#accounts = new BrokerAccounts(
        this,
        `amqp://\${username}:\${password}@${this.host}:${RABBITMQ_PORTS.amqp}`,
      );
      this.#kedaLogin = new KedaLogin(this, 'keda', { name, account: this.#accounts.of('keda') });
    }
    const administrator = this.#accounts?.of(provisioning);
    const image = props.image ?? DEFAULT_IMAGES.rabbitMq;
    this.nodes = new RabbitMqNodes(this, 'nodes', {
      name,
      replicas,
      image,
      storage: props.storage ?? environment.broker.storage,
      storageClass: props.storageClass,
      memory: props.memory ?? environment.broker.memory,
      cpuRequest: environment.broker.cpu,
      largestMessage: largestMessage(this.maxMessageSize),
      administrator,
    });
    new RabbitMqProvisioning(this, 'provisioning', {
      name: provisioning,
      image,
      host: this.host,
      servers: replicas,
      peer: { who: workloads(() => [name]), ports: [RABBITMQ_PORTS.management] },
      administrator,
      queues: () => this.queues,
      accounts: () => this.#clientAccounts(),
    });
    new RabbitMqNetwork(this, 'network', {
      name,
      provisioning,
      clustered: replicas > 1,
      clients: () => this.#grants.clients,
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: [
        'prometheus',
        {
          port: 'prometheus',
          path: '/metrics/detailed',
          params: { family: ['queue_coarse_metrics', 'channel_exchange_metrics'] },
        },
      ],
      sources: [MetricSource.RABBITMQ],
    });
    this.node.addValidation({
      validate: () =>
        topologyProblems(this.topics, this.queues, replicas).map(
          (found) => `${this.node.path}: ${found}`,
        ),
    });
  }

  /** The topics that are provisioned, by name. */
  public get topics(): readonly TopicSpec[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The queues that are provisioned, by name. */
  public get queues(): readonly Queue[] {
    return queuesOf(this.topics, this.#grants.readers);
  }

  public addTopic(spec: TopicSpec): void {
    if (this.#topics.has(spec.name)) {
      throw new DeclarationError(this, `topic '${spec.name}' is declared twice: declare it once`);
    }
    this.#topics.set(spec.name, spec);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#accounts?.ofApp(app);
    this.#grants.addPublisher(topic, app.appId);
  }

  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.#accounts?.ofApp(app);
    this.#grants.addReader({ topic, appId: app.appId, ordered: needs.ordered });
  }

  /**
   * Of an ordered queue, one consumer has messages, whatever the number of pods; in order, it has
   * one at a time. When its pod dies, the next one starts with the message that was not done.
   */
  public keyOrderProblem(): string | undefined {
    return this.#inOrder
      ? undefined
      : `RabbitMQ hands out the next events before the first is done: set inOrder of the RabbitMqCluster, which has one pod of a group process one event at a time`;
  }

  public pubSubBinding(): PubSubBinding {
    return {
      type: 'pubsub.rabbitmq',
      version: 'v1',
      metadata: daprSettings({
        address: `${this.host}:${RABBITMQ_PORTS.amqp}`,
        accounts: this.#accounts !== undefined,
        inOrder: this.#inOrder,
      }),
    };
  }

  /**
   * By HTTP, KEDA counts messages that a sidecar has in hand, too: a consumer goes to zero only when
   * all of them are done. By AMQP, it would not see those that are fetched ahead.
   */
  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    const guest = this.#accounts === undefined ? 'guest:guest@' : '';
    return {
      type: 'rabbitmq',
      metadata: {
        protocol: 'http',
        host: `http://${guest}${this.host}:${RABBITMQ_PORTS.management}`,
        queueName: queueName(subscription.topic, subscription.consumerGroup),
        mode: 'QueueLength',
        value: String(thresholds.lagThreshold),
        activationValue: String(thresholds.activationLagThreshold),
      },
      ...(this.#kedaLogin && { authenticationRef: { name: this.#kedaLogin.name } }),
    };
  }

  /** Only the server that leads a queue has figures of it, but for a moment when another takes over. */
  public lagQuery(subscription: TopicSubscription): string {
    const queue = queueName(subscription.topic, subscription.consumerGroup);
    return `max(rabbitmq_detailed_queue_messages{${this.#job()},queue="${queue}"})`;
  }

  /**
   * Each connection of a sidecar counts from zero: of those that are new within the range, all that
   * they have published is growth. Which are new is not known where nothing was scraped at its start.
   */
  public growthQuery(topic: string, range: string): string {
    const counter = `rabbitmq_detailed_channel_messages_published_total{${this.#job()},exchange="${topic}"}`;
    const scraped = `sum(up{${this.#job()}} offset ${range}) > 0`;
    return `sum(((${counter} unless ${counter} offset ${range}) and on () (${scraped})) or increase(${counter}[${range}]))`;
  }

  #clientAccounts(): ClientAccount[] {
    if (this.#accounts === undefined) {
      return [];
    }
    const accounts = this.#accounts;
    return [
      ...this.#grants.clients.map((appId) => ({
        client: appId,
        secret: accounts.of(appId),
        rights: this.#grants.rightsOf(appId),
      })),
      {
        client: 'keda',
        secret: accounts.of('keda'),
        // May look at queues, and not at what is in them.
        tags: 'management',
        rights: { configure: '', write: '', read: '' },
      },
    ];
  }

  #job(): string {
    return `job="${EventPlatform.of(this).environment.namespace}/${this.nodes.name}"`;
  }
}
