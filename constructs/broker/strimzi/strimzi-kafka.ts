import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { requireProps } from '../../core/problems.ts';
import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
  settingFromSecret,
} from '../../messaging/component-metadata.ts';
import type { IDaprApp } from '../../messaging/event-app.ts';
import { type NetworkPeer, podsOfNamespace, workloads } from '../../security/network-policies.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import { storageProblems, topicProblems } from '../kafka-protocol/kafka-checks.ts';
import { storageFor } from '../kafka-protocol/storage.ts';
import { defaultCompression, kafkaComponent } from '../kafka-protocol/kafka-component.ts';
import { kafkaLagTrigger } from '../kafka-protocol/kafka-lag-trigger.ts';
import { kafkaGrowthQuery, kafkaLagQuery } from '../kafka-protocol/kafka-queries.ts';
import { KafkaTopics } from '../kafka-protocol/kafka-topics.ts';
import type {
  Compression,
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { STRIMZI_KAFKA } from './strimzi-props.ts';
import { strimziSizingProblems } from './strimzi-checks.ts';
import { strimziNames, topicObjectName } from './strimzi-names.ts';
import { StrimziNetwork, strimziPods } from './strimzi-network.ts';
import { StrimziObject } from './strimzi-objects.ts';
import type { StrimziKafkaProps } from './strimzi-props.ts';
import { StrimziScaling, StrimziScrape } from './strimzi-scaling.ts';
import { kafkaSpec, type NodePoolOptions, nodePoolSpec, topicConfig } from './strimzi-spec.ts';
import { StrimziUsers } from './strimzi-users.ts';

/** What differs between pools of one cluster. */
type PoolOptions = Pick<NodePoolOptions, 'replicas' | 'roles' | 'memory' | 'cpu'> & {
  readonly storage: () => Size;
};

function larger(a: Size, b: Size): Size {
  return a.toMebibytes() < b.toMebibytes() ? b : a;
}

/**
 * Kafka run by Strimzi's operator (1.0 or later), for teams that have it: a `Kafka` with its pools of
 * nodes, a `KafkaTopic` for each topic, and a `KafkaUser` for each client. The operator has to watch
 * the platform's namespace.
 *
 * Sidecars start over until brokers, topics and users are there: wait for the condition `Ready` of
 * these objects before apps are applied. Deleting a `KafkaTopic` deletes the topic with all that is
 * in it. Copies of a topic that exists change only with Cruise Control, which is not part of this.
 * Sidecars read the authority's certificate when they start: restart apps when Strimzi has renewed
 * it with a new key.
 *
 * @see https://strimzi.io/docs/operators/latest/deploying.html
 */
export class StrimziKafka extends Construct implements IMessageBroker {
  public readonly kind = 'Apache Kafka by Strimzi';
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  public readonly deliversInBulk = true;
  /** `host:port` that clients bootstrap from, fully qualified. */
  public readonly bootstrapServers: string;
  /** The generated `Kafka`. */
  public readonly kafka: StrimziObject<'Kafka'>;
  /** The generated pools of nodes. */
  public readonly nodePools: readonly StrimziObject<'KafkaNodePool'>[];
  readonly #name: string;
  readonly #topics = new KafkaTopics(this);
  readonly #clients = new Set<string>();
  readonly #users: StrimziUsers | undefined;
  readonly #triggerAuthentication: string | undefined;
  readonly #offsetsRetention: Duration | undefined;
  readonly #compression: Compression | 'none';

  public constructor(scope: Construct, id: string, props: StrimziKafkaProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, STRIMZI_KAFKA);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const { production } = environment;
    const name = requireDnsLabel(this, 'name', props.name ?? 'kafka', 20);
    this.#name = name;
    const sizing = {
      replicas: props.replicas ?? environment.broker.replicas,
      controllers: props.controllers ?? (production ? 3 : 0),
      replicationFactor: props.replicationFactor ?? environment.broker.replicationFactor,
      minInSyncReplicas: props.minInSyncReplicas ?? environment.broker.minInSyncReplicas,
    };
    const problems = strimziSizingProblems(sizing, production);
    if (problems.length > 0) {
      throw new DeclarationError(this, ...problems);
    }
    const authentication = props.authentication ?? production;
    const port = authentication ? 9093 : 9092;
    const zones = props.zones ?? production;
    const names = strimziNames(name);

    this.topicDefaults = {
      partitions: props.partitions ?? 3,
      replicationFactor: sizing.replicationFactor,
      minInSyncReplicas: sizing.minInSyncReplicas,
      retention: props.retention ?? Duration.days(7),
    };
    this.maxMessageSize = props.maxMessageSize ?? Size.mebibytes(1);
    this.bootstrapServers = `${names.bootstrap}.${environment.namespace}.svc.cluster.local:${port}`;
    this.peer = { who: strimziPods(names.kafka), ports: [port] };
    this.#offsetsRetention = props.offsetsRetention;
    this.#compression = props.compression ?? defaultCompression(environment);

    const clients = (): k8s.NetworkPolicyPeer[] => [
      workloads(() => [...this.#clients]),
      podsOfNamespace(platform.operatorNamespaces.keda),
    ];
    this.kafka = new StrimziObject(this, 'kafka', {
      kind: 'Kafka',
      name,
      spec: () =>
        kafkaSpec({
          ...this.topicDefaults,
          cluster: name,
          version: props.version,
          zones,
          authentication,
          port,
          clients: clients(),
          offsetsRetention: this.offsetsRetention,
          maxMessageSize: this.maxMessageSize,
          operatorMemory: props.operatorMemory ?? Size.mebibytes(384),
        }),
    });
    const pool = (poolName: string, options: PoolOptions) =>
      new StrimziObject(this, poolName, {
        kind: 'KafkaNodePool',
        name: poolName,
        cluster: name,
        spec: () =>
          nodePoolSpec({
            ...options,
            storage: options.storage(),
            cluster: name,
            name: poolName,
            storageClass: props.storageClass,
          }),
      });
    const brokers = {
      replicas: sizing.replicas,
      storage: () =>
        props.storage ??
        larger(environment.broker.storage, storageFor(this.topics, sizing.replicas)),
      memory: props.memory ?? environment.broker.memory,
      cpu: environment.broker.cpu,
    };
    this.nodePools =
      sizing.controllers === 0
        ? [pool(`${name}-nodes`, { ...brokers, roles: ['controller', 'broker'] })]
        : [
            pool(`${name}-controllers`, {
              replicas: sizing.controllers,
              roles: ['controller'],
              storage: () => props.controllerStorage ?? Size.gibibytes(10),
              memory: props.controllerMemory ?? Size.gibibytes(1),
              cpu: '250m',
            }),
            pool(`${name}-brokers`, { ...brokers, roles: ['broker'] }),
          ];
    if (authentication) {
      this.#users = new StrimziUsers(this, 'users', {
        cluster: name,
        url: `kafka://${this.bootstrapServers}`,
      });
      const { triggerAuthentication } = new StrimziScaling(this, 'keda', {
        cluster: name,
        account: this.#users.addKeda(),
      });
      this.#triggerAuthentication = triggerAuthentication;
    }
    new StrimziNetwork(this, 'network', {
      cluster: name,
      clientPort: port,
      clients,
      zones,
      operatorNamespace: props.operatorNamespace ?? 'strimzi',
      monitoringNamespace: platform.operatorNamespaces.monitoring,
    });
    new StrimziScrape(this, 'scrape', name);
    new KafkaAlerts(this, 'alerts', {
      name,
      exporterJob: `${platform.environment.namespace}/${strimziNames(name).exporter}`,
    });
    this.node.addValidation({
      validate: () =>
        [
          ...topicProblems(this.topics, {
            brokers: sizing.replicas,
            offsetsRetention: this.offsetsRetention,
            maxMessageSize: this.maxMessageSize,
          }),
          ...storageProblems(props.storage, storageFor(this.topics, sizing.replicas)),
        ].map((found) => `${this.node.path}: ${found}`),
    });
  }

  /** The topics that are provisioned, by name. */
  public get topics(): readonly TopicSpec[] {
    return this.#topics.all;
  }

  /** How long offsets of a group without members are kept: by default longer than any message. */
  public get offsetsRetention(): Duration {
    return this.#offsetsRetention ?? this.#topics.offsetsRetention(this.topicDefaults.retention);
  }

  public addTopic(spec: TopicSpec): void {
    this.#topics.add(spec);
    const name = topicObjectName(spec.name);
    new StrimziObject(this, `topic-${name}`, {
      kind: 'KafkaTopic',
      name,
      cluster: this.#name,
      spec: () => ({
        ...(name !== spec.name && { topicName: spec.name }),
        partitions: spec.partitions,
        replicas: spec.replicationFactor,
        config: topicConfig(spec),
      }),
    });
  }

  public grantPublish(topic: string, app: IDaprApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantPublish(topic, app);
  }

  public grantSubscribe(topic: string, app: IDaprApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantSubscribe(topic, app);
  }

  /** Pods of a group share the partitions, and a key is in one of them. */
  public keyOrderProblem(): undefined {
    return undefined;
  }

  public pubSubBinding(): PubSubBinding {
    return kafkaComponent({
      bootstrapServers: this.bootstrapServers,
      login: this.#login(),
      maxMessageSize: this.maxMessageSize,
      compression: this.#compression,
    });
  }

  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return kafkaLagTrigger({
      bootstrapServers: this.bootstrapServers,
      subscription,
      thresholds,
      ...(this.#users && { login: { sasl: 'scram_sha512', tls: 'enable' } }),
      ...(this.#triggerAuthentication !== undefined && {
        authentication: { name: this.#triggerAuthentication },
      }),
    });
  }

  public lagQuery(subscription: TopicSubscription): string {
    return kafkaLagQuery({ ...subscription, job: this.#exporterJob() });
  }

  public growthQuery(topic: string, range: string): string {
    return kafkaGrowthQuery(this.#exporterJob(), topic, range);
  }

  #login(): ComponentMetadata[] {
    return this.#users === undefined
      ? [setting('authType', 'none')]
      : [
          setting('authType', 'password'),
          settingFromEnv('saslUsername', ACCOUNT_ENV.username),
          settingFromEnv('saslPassword', ACCOUNT_ENV.password),
          setting('saslMechanism', 'SHA-512'),
          settingFromSecret('caCert', strimziNames(this.#name).authority, 'ca.crt'),
        ];
  }

  #exporterJob(): string {
    const { namespace } = EventPlatform.of(this).environment;
    return `${namespace}/${strimziNames(this.#name).exporter}`;
  }
}
