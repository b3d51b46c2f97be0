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
import { MetricSource } from '../../observability/metric-source.ts';
import { MetricsScrape } from '../../observability/metrics-scrape.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import { brokerOptions, serverOptions } from '../parts/broker-options.ts';
import { MessageBroker } from '../parts/message-broker.ts';
import { RedisAccess } from './redis-access.ts';
import { redisProblems, type RedisSizing, streamProblems } from './redis-checks.ts';
import { daprSettings, type RedisConnection, scalerTrigger } from './redis-clients.ts';
import { RedisNetwork } from './redis-network.ts';
import { RedisProvisioning } from './redis-provisioning.ts';
import { RedisServers } from './redis-servers.ts';
import { redisToolbox } from './redis-toolbox.ts';
import { REDIS_STREAMS, type RedisStreamsProps } from './redis-streams-props.ts';
import { AppendFsync, REDIS_PORTS, serverHosts } from './server-files.ts';
import { coded, type Problem } from '@cdk8s-event-platform/contracts/internal';

/**
 * Redis Streams. A topic is a stream, a consumer is a group of it, and everything is in the memory of
 * the primary and in an append-only log on the volume.
 *
 * With one server, what was confirmed is on its disk and survives its death; while it is down, the
 * outboxes of producers keep events. With three, Sentinel has a replica take over when the primary
 * has been silent for `failoverAfter`. **Replicas get an event after its confirmation**, so such a
 * failover may lose what was confirmed last: usually nothing, but all of up to ten seconds where the
 * primary was cut off from its replicas and died then. Kafka, quorum queues and JetStream do not. A
 * primary that comes back earlier goes on with what its disk has, and loses nothing. Choose one
 * server where a wait is better than a loss.
 *
 * Events are held in memory until their retention is over, whether or not they were received, and a
 * full server refuses further ones. They reach consumers in parallel and, after a failure, out of
 * order, so contracts that ask for the order of a key are refused. Connections are not encrypted.
 *
 * @see https://redis.io/docs/latest/develop/data-types/streams/
 * @see https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-redis-pubsub/
 */
export class RedisStreams extends MessageBroker {
  public readonly kind = 'Redis Streams';
  public readonly topicDefaults: TopicDefaults;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /**
   * Dapr (up to 1.18) gathers events for a bulk itself here, and every event that is being gathered when
   * the app turns unready keeps one of the sidecar's workers for ever: after a few outages of the
   * database, none would be left.
   *
   * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/pubsub/default_bulksub.go
   */
  public readonly deliversInBulk = false;
  public readonly maxRetryTime: Duration;
  /** The StatefulSet and what surrounds it. */
  public readonly servers: RedisServers;
  readonly #sizing: RedisSizing;
  readonly #access: RedisAccess;
  readonly #connection: RedisConnection;
  readonly #image: string;
  readonly #hosts: readonly string[];

  public constructor(scope: Construct, id: string, props: RedisStreamsProps = {}) {
    super(scope, id, props, REDIS_STREAMS);
    const { environment } = EventPlatform.of(this);
    const name = requireDnsLabel(this, 'name', props.name ?? 'redis', 40);
    const { storageClass, cpuRequest, ...servers } = serverOptions(environment, props);
    const { maxMessageSize, partitions, retention } = brokerOptions(props);
    const sizing = {
      ...servers,
      minInSyncReplicas:
        props.minInSyncReplicas ??
        Math.min(environment.broker.minInSyncReplicas, Math.max(1, servers.replicas - 1)),
      maxMessageSize,
      redeliverAfter: props.redeliverAfter ?? Duration.seconds(60),
      failoverAfter: props.failoverAfter ?? Duration.seconds(30),
      concurrency: props.concurrency ?? 32,
    };
    const { replicas, minInSyncReplicas, redeliverAfter, concurrency } = sizing;
    reportAll(this, coded('EP3001', ...redisProblems(sizing)));

    this.#sizing = sizing;
    // A wait may be half as long again as it says.
    this.maxRetryTime = Duration.millis(redeliverAfter.toMilliseconds() / 1.5);
    this.topicDefaults = { partitions, replicationFactor: replicas, minInSyncReplicas, retention };
    this.maxMessageSize = maxMessageSize;
    const clustered = replicas > 1;
    const clientPorts = [REDIS_PORTS.client, ...(clustered ? [REDIS_PORTS.sentinel] : [])];
    this.peer = { peer: workloads(() => [name]), ports: clientPorts };

    const address = `${this.hostOf(name)}:${REDIS_PORTS.client}`;
    this.#access = new RedisAccess(this, 'access', {
      name,
      authentication: props.authentication ?? environment.production,
      address,
    });
    const { authentication } = this.#access;
    const files = { ...sizing, name, headlessHost: this.hostOf(`${name}-headless`) };
    const hosts = serverHosts(files);
    this.#connection = {
      name,
      addresses: clustered ? hosts.map((server) => `${server}:${REDIS_PORTS.sentinel}`) : [address],
      sentinel: clustered,
      authentication,
      redeliverAfter,
      concurrency,
    };
    const image = props.image ?? DEFAULT_IMAGES.redis;
    this.#image = image;
    this.#hosts = hosts;
    this.servers = new RedisServers(this, 'servers', {
      ...files,
      image,
      appendFsync: props.appendFsync ?? AppendFsync.ALWAYS,
      failoverMilliseconds: sizing.failoverAfter.toMilliseconds(),
      authentication,
      storageClass,
      cpuRequest,
      exporterImage: props.exporterImage ?? DEFAULT_IMAGES.redisExporter,
      accounts: this.#access.servers,
    });
    const provisioning = `${name}-topics`;
    new RedisProvisioning(this, 'provisioning', {
      name: provisioning,
      image,
      peer: this.peer,
      servers: hosts,
      accounts: this.#access.servers,
      topics: () => this.topics,
      groups: () => this.#access.groups,
      rights: () => this.#access.rights(),
    });
    new RedisNetwork(this, 'network', {
      name,
      clientPorts,
      clients: () => [provisioning, ...this.#access.apps],
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: ['metrics'],
      sources: [MetricSource.REDIS_EXPORTER],
    });
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#access.grantPublish(topic, app);
  }

  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.#access.grantSubscribe(topic, app, needs.startFrom);
  }

  /** Streams are in the memory of the servers. */
  public retentionProblem(retention: 'unlimited' | 'compacted'): string {
    return retention === 'unlimited'
      ? 'Redis Streams has events in memory, and a full server takes no more: use a Duration, or a KafkaCluster'
      : 'Redis Streams trims by age, whatever the key: use a Duration, or a KafkaCluster';
  }

  /** A group is made with the id behind which it starts. */
  public startProblem(): undefined {
    return undefined;
  }

  /** Events are handed out in parallel, and what was not acknowledged comes after newer ones. */
  public keyOrderProblem(): string {
    return 'Redis Streams hands out events in parallel, and again after newer ones when a pod has died: use a KafkaCluster, or a contract that is not ordered';
  }

  public pubSubBinding(): PubSubBinding {
    return { type: 'pubsub.redis', version: 'v1', metadata: daprSettings(this.#connection) };
  }

  /** The client's account reads all streams, and sets where groups go on. */
  public toolbox({ account }: ToolboxClient): Toolbox {
    return redisToolbox({
      image: this.#image,
      peer: this.peer,
      servers: this.#hosts,
      account: this.#access.grantToolbox(account),
    });
  }

  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return this.#trigger('lagCount', subscription, thresholds);
  }

  /** What a pod has received and not acknowledged is no lag to KEDA, and needs a pod all the same. */
  public pendingTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return this.#trigger('pendingEntriesCount', subscription, thresholds);
  }

  /** Not yet read, and read but not acknowledged. Each server is asked, and replicas are behind. */
  public lagQuery({ consumerGroup, topic }: TopicSubscription): string {
    const labels = `{${this.#job()},stream="${topic}",group="${consumerGroup}"}`;
    return `max(redis_stream_group_lag${labels} + redis_stream_group_messages_pending${labels})`;
  }

  public growthQuery(topic: string, range: string): string {
    // Unlike the length of a stream, it does not shrink when events are trimmed.
    return `max(increase(redis_stream_entries_added_total{${this.#job()},stream="${topic}"}[${range}]))`;
  }

  protected topologyProblems(): readonly Problem[] {
    return coded('EP3002', ...streamProblems(this.topics, this.#sizing));
  }

  #trigger(count: string, subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return scalerTrigger(this.#connection, this.#access.scaler, subscription, {
      [count]: String(thresholds.lagThreshold),
      activationLagCount: String(thresholds.activationLagThreshold),
    });
  }

  #job(): string {
    return `job="${this.namespace}/${this.servers.name}"`;
  }
}
