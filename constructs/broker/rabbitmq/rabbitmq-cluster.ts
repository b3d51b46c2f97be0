import { Duration, type Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { requireDnsLabel } from '../../core/names.ts';
import { reportAll } from '../../core/problems.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type {
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  SubscriptionNeeds,
  TopicDefaults,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import type { Toolbox, ToolboxClient } from '../../messaging/toolbox.ts';
import type { StartPosition } from '../../messaging/topic-policies.ts';
import { MetricSource } from '../../observability/metric-source.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import { BrokerAccounts } from '../parts/broker-accounts.ts';
import { brokerOptions, serverOptions } from '../parts/broker-options.ts';
import { MessageBroker } from '../parts/message-broker.ts';
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
import { RABBIT_MQ, type RabbitMqClusterProps } from './rabbitmq-cluster-props.ts';
import { RabbitMqNetwork } from './rabbitmq-network.ts';
import { RabbitMqNodes } from './rabbitmq-nodes.ts';
import { type ClientAccount, RabbitMqProvisioning } from './rabbitmq-provisioning.ts';
import { rabbitMqToolbox, toolboxRights } from './rabbitmq-toolbox.ts';
import { CONSUMER_TIMEOUT, RABBITMQ_PORTS } from './server-config.ts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';

/** What Prometheus asks for beside the usual metrics: those of each queue and exchange. */
const QUEUE_METRICS = {
  port: 'prometheus',
  path: '/metrics/detailed',
  params: { family: ['queue_coarse_metrics', 'channel_exchange_metrics'] },
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
export class RabbitMqCluster extends MessageBroker {
  public readonly kind = 'RabbitMQ';
  public readonly topicDefaults: TopicDefaults;
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
  readonly #replicas: number;
  readonly #accounts: BrokerAccounts | undefined;
  readonly #kedaLogin: KedaLogin | undefined;
  readonly #grants = new Grants();
  readonly #toolboxes = new Map<string, string>();
  readonly #image: string;

  public constructor(scope: Construct, id: string, props: RabbitMqClusterProps = {}) {
    super(scope, id, props, RABBIT_MQ);
    const { environment } = EventPlatform.of(this);
    const name = requireDnsLabel(this, 'name', props.name ?? 'rabbitmq', 40);
    const { replicas, ...server } = serverOptions(environment, props);
    const { maxMessageSize, partitions, retention } = brokerOptions(props);
    reportAll(this, coded('EP3001', ...rabbitMqSizingProblems(replicas, maxMessageSize)));

    this.maxMessageSize = maxMessageSize;
    this.host = this.hostOf(name);
    this.peer = { peer: workloads(() => [name]), ports: [RABBITMQ_PORTS.amqp] };
    this.topicDefaults = {
      partitions,
      replicationFactor: copies(replicas),
      // Most copies of a quorum queue have a message before it is confirmed.
      minInSyncReplicas: Math.ceil(copies(replicas) / 2),
      retention,
    };
    this.#inOrder = props.inOrder ?? false;
    this.#replicas = replicas;
    if (props.authentication ?? environment.production) {
      this.#accounts = new BrokerAccounts(
        this,
        `amqp://\${username}:\${password}@${this.host}:${RABBITMQ_PORTS.amqp}`,
      );
      this.#kedaLogin = new KedaLogin(this, 'keda', { name, account: this.#accounts.of('keda') });
    }
    const provisioning = `${name}-provisioning`;
    const administrator = this.#accounts?.of(provisioning);
    const image = props.image ?? DEFAULT_IMAGES.rabbitMq;
    this.#image = image;
    this.nodes = new RabbitMqNodes(this, 'nodes', {
      ...server,
      name,
      replicas,
      image,
      largestMessage: largestMessage(maxMessageSize),
      administrator,
    });
    new RabbitMqProvisioning(this, 'provisioning', {
      name: provisioning,
      image,
      host: this.host,
      servers: replicas,
      peer: { peer: workloads(() => [name]), ports: [RABBITMQ_PORTS.management] },
      administrator,
      queues: () => this.queues,
      accounts: () => this.#clientAccounts(),
    });
    new RabbitMqNetwork(this, 'network', {
      name,
      managers: () => [provisioning, ...this.#toolboxes.values()],
      clustered: replicas > 1,
      clients: () => this.#grants.clients,
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: ['prometheus', QUEUE_METRICS],
      sources: [MetricSource.RABBITMQ],
    });
  }

  /** The queues that are provisioned, by name. */
  public get queues(): readonly Queue[] {
    return queuesOf(this.topics, this.#grants.readers);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#accounts?.ofApp(app);
    this.#grants.addPublisher(topic, app.appId);
  }

  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.#accounts?.ofApp(app);
    this.#grants.addReader({ topic, appId: app.appId, ordered: needs.ordered });
  }

  /** A queue is no log. */
  public retentionProblem(): string {
    return 'RabbitMQ keeps an event until its consumers have processed it, and no longer: use a Duration, or a KafkaCluster';
  }

  /** A queue takes what comes once it is there. */
  public startProblem(_subscription: TopicSubscription, start: StartPosition): string | undefined {
    return start === 'now'
      ? undefined
      : "RabbitMQ keeps no events for a queue that is not there yet: use 'now', leave startFrom out, or use a KafkaCluster";
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

  /** The client's account has queues of its own, which take what is published while it reads. */
  public toolbox({ account, workload }: ToolboxClient): Toolbox {
    this.#toolboxes.set(account, workload);
    return rabbitMqToolbox({
      image: this.#image,
      peer: { peer: this.peer.peer!, ports: [RABBITMQ_PORTS.management] },
      host: this.host,
      account,
      login: this.#accounts?.of(account),
      queues: () =>
        this.#grants.readers.map(
          ({ topic, appId }) => `${queueName(topic, appId)} ${topic} ${appId}`,
        ),
    });
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

  /** Only the server that leads a queue has metrics of it, but for a moment when another takes over. */
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

  protected topologyProblems(): readonly Problem[] {
    return coded('EP3002', ...topologyProblems(this.topics, this.queues, this.#replicas));
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
      ...[...this.#toolboxes.keys()].sort().map((account) => ({
        client: account,
        secret: accounts.of(account),
        tags: 'monitoring',
        rights: toolboxRights(
          account,
          this.topics.map(({ name }) => name),
        ),
      })),
    ];
  }

  #job(): string {
    return `job="${this.namespace}/${this.nodes.name}"`;
  }
}
