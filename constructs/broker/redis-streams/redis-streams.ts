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
import {
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import type {
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { DEFAULT_IMAGES } from '../../core/versions.ts';
import { RedisAccess } from './redis-access.ts';
import { redisProblems, streamProblems } from './redis-checks.ts';
import { daprSettings, type RedisConnection, scalerTrigger } from './redis-clients.ts';
import { RedisProvisioning } from './redis-provisioning.ts';
import { RedisServers } from './redis-servers.ts';
import { AppendFsync, REDIS_PORTS, serverHosts } from './server-files.ts';
import {
  duration,
  flag,
  number,
  optional,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { BROKER_OPTIONS, SERVER_OPTIONS } from '../parts/common-shapes.ts';

/** Properties of {@link RedisStreams}. */
export interface RedisStreamsProps {
  /** Name of the StatefulSet, of the client Service and of the primary in Sentinel. @default 'redis' */
  readonly name?: string;
  /** Servers: 1, or an odd number of 3 or more, of which one is the primary. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /** Servers that have to be there for anything to be written, the primary included. @default - 1 locally, 2 in production */
  readonly minInSyncReplicas?: number;
  /** Whether clients log in, each with rights on its own streams. @default - not locally, but in production */
  readonly authentication?: boolean;
  /** When what was written is on the disk. @default AppendFsync.ALWAYS */
  readonly appendFsync?: AppendFsync;
  /** How long a primary may be silent before another one takes over: longer than it takes to start again. @default 30 seconds */
  readonly failoverAfter?: Duration;
  /** When an event that was not acknowledged is delivered again: longer than the retries of a delivery. @default 60 seconds */
  readonly redeliverAfter?: Duration;
  /** Deliveries to one pod at the same time. @default 32 */
  readonly concurrency?: number;
  /** Most pods of a consumer of a topic that does not say otherwise. @default 3 */
  readonly partitions?: number;
  /** How long events are kept where a topic does not say otherwise. @default 7 days */
  readonly retention?: Duration;
  /** Largest event, 1 to 512 MiB; the server ends the connection of a client that sends more. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /** Volume of each server, three times the memory for events or more. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Storage class of the volumes. @default - the cluster's own default */
  readonly storageClass?: string;
  /** Memory limit of each server; half of it is for events. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Image with `redis-server`, `redis-cli` and a shell; Redis 7 or newer. @default - `DEFAULT_IMAGES.redis` */
  readonly image?: string;
  /** Image of the exporter, 1.88 or newer. @default - `DEFAULT_IMAGES.redisExporter` */
  readonly exporterImage?: string;
}

const REDIS_STREAMS: Shape<RedisStreamsProps> = {
  ...BROKER_OPTIONS,
  ...SERVER_OPTIONS,
  minInSyncReplicas: optional(number()),
  authentication: optional(flag),
  appendFsync: optional(text),
  failoverAfter: optional(duration),
  redeliverAfter: optional(duration),
  concurrency: optional(number()),
  image: optional(text),
  exporterImage: optional(text),
};

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
export class RedisStreams extends Construct implements IMessageBroker {
  public readonly kind = 'Redis Streams';
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
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
  readonly #topics = new Map<string, TopicSpec>();
  readonly #access: RedisAccess;
  readonly #connection: RedisConnection;

  public constructor(scope: Construct, id: string, props: RedisStreamsProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, REDIS_STREAMS);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const name = requireDnsLabel(this, 'name', props.name ?? 'redis', 40);
    const host = (service: string) => `${service}.${environment.namespace}.svc.cluster.local`;
    const replicas = props.replicas ?? environment.broker.replicas;
    const sizing = {
      replicas,
      minInSyncReplicas:
        props.minInSyncReplicas ??
        Math.min(environment.broker.minInSyncReplicas, Math.max(1, replicas - 1)),
      memory: props.memory ?? environment.broker.memory,
      storage: props.storage ?? environment.broker.storage,
      maxMessageSize: props.maxMessageSize ?? Size.mebibytes(1),
      redeliverAfter: props.redeliverAfter ?? Duration.seconds(60),
      failoverAfter: props.failoverAfter ?? Duration.seconds(30),
      concurrency: props.concurrency ?? 32,
    };
    // A wait may be half as long again as it says.
    this.maxRetryTime = Duration.millis(sizing.redeliverAfter.toMilliseconds() / 1.5);
    const problems = redisProblems(sizing);
    if (problems.length > 0) {
      throw new DeclarationError(this, ...problems);
    }
    this.topicDefaults = {
      partitions: props.partitions ?? 3,
      replicationFactor: replicas,
      minInSyncReplicas: sizing.minInSyncReplicas,
      retention: props.retention ?? Duration.days(7),
    };
    this.maxMessageSize = sizing.maxMessageSize;
    const clustered = replicas > 1;
    const clientPorts = [REDIS_PORTS.client, ...(clustered ? [REDIS_PORTS.sentinel] : [])];
    this.peer = { who: workloads(() => [name]), ports: clientPorts };

    const address = `${host(name)}:${REDIS_PORTS.client}`;
    this.#access = new RedisAccess(this, 'access', {
      name,
      authentication: props.authentication ?? environment.production,
      address,
    });
    const files = { ...sizing, name, headlessHost: host(`${name}-headless`) };
    const hosts = serverHosts(files);
    this.#connection = {
      name,
      addresses: clustered ? hosts.map((server) => `${server}:${REDIS_PORTS.sentinel}`) : [address],
      sentinel: clustered,
      authentication: this.#access.authentication,
      redeliverAfter: sizing.redeliverAfter,
      concurrency: sizing.concurrency,
    };
    const image = props.image ?? DEFAULT_IMAGES.redis;
    this.servers = new RedisServers(this, 'servers', {
      ...files,
      image,
      appendFsync: props.appendFsync ?? AppendFsync.ALWAYS,
      failoverMilliseconds: sizing.failoverAfter.toMilliseconds(),
      authentication: this.#access.authentication,
      storageClass: props.storageClass,
      cpuRequest: environment.broker.cpu,
      exporterImage: props.exporterImage ?? DEFAULT_IMAGES.redisExporter,
      accounts: this.#access.servers,
    });
    new RedisProvisioning(this, 'provisioning', {
      name: `${name}-topics`,
      image,
      peer: this.peer,
      servers: hosts,
      accounts: this.#access.servers,
      topics: () => this.topics,
      subscriptions: () => this.#access.subscriptions,
      rights: () => this.#access.rights(),
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [
        { who: workloads(() => [name]), ports: clientPorts },
        { who: podsOfNamespace(platform.operatorNamespaces.keda), ports: clientPorts },
        {
          who: podsOfNamespace(platform.operatorNamespaces.monitoring),
          ports: [REDIS_PORTS.metrics],
        },
        { who: workloads(() => [`${name}-topics`, ...this.#access.apps]), ports: clientPorts },
      ],
      egress: [{ who: workloads(() => [name]), ports: clientPorts }],
    });
    new MetricsScrape(this, 'scrape', {
      name,
      ports: ['metrics'],
      sources: [MetricSource.REDIS_EXPORTER],
    });
    this.node.addValidation({
      validate: () =>
        streamProblems(this.topics, sizing).map((found) => `${this.node.path}: ${found}`),
    });
  }

  /** The topics that are provisioned, by name. */
  public get topics(): readonly TopicSpec[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  public addTopic(spec: TopicSpec): void {
    if (this.#topics.has(spec.name)) {
      throw new DeclarationError(this, `topic '${spec.name}' is declared twice: declare it once`);
    }
    this.#topics.set(spec.name, spec);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#access.grantPublish(topic, app);
  }

  public grantSubscribe(topic: string, app: IEventApp): void {
    this.#access.grantSubscribe(topic, app);
  }

  /** Events are handed out in parallel, and what was not acknowledged comes after newer ones. */
  public keyOrderProblem(): string {
    return 'Redis Streams hands out events in parallel, and again after newer ones when a pod has died: use a KafkaCluster, or a contract that is not ordered';
  }

  public pubSubBinding(): PubSubBinding {
    return { type: 'pubsub.redis', version: 'v1', metadata: daprSettings(this.#connection) };
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

  #trigger(count: string, subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return scalerTrigger(this.#connection, this.#access.scaler, subscription, {
      [count]: String(thresholds.lagThreshold),
      activationLagCount: String(thresholds.activationLagThreshold),
    });
  }

  #job(): string {
    return `job="${EventPlatform.of(this).environment.namespace}/${this.servers.name}"`;
  }
}
