import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { requireDnsLabel } from '../../core/names.ts';
import { reportAll } from '../../core/problems.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type {
  TopicDefaults,
  TopicSpec,
  TopicSubscription,
} from '../../messaging/message-broker.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { type NetworkPeer, podsOfNamespace, workloads } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import type { AdmittedClient } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import type { KafkaConnection } from '../kafka-protocol/kafka-broker.ts';
import type { InspectionRights, KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { SASL_MECHANISMS } from '../kafka-protocol/kafka-login.ts';
import { kafkaServers } from '../kafka-protocol/kafka-options.ts';
import { PlatformKafka } from '../kafka-protocol/platform-kafka.ts';
import { ANONYMOUS, SCALER_LOGIN, scramLogin } from '../kafka-protocol/scram-login.ts';
import { brokerOptions } from '../parts/broker-options.ts';
import { strimziSizingProblems } from './strimzi-checks.ts';
import { strimziNames, topicObjectName } from './strimzi-names.ts';
import { StrimziNetwork, strimziPods } from './strimzi-network.ts';
import { StrimziObject } from './strimzi-objects.ts';
import { STRIMZI_KAFKA, type StrimziKafkaProps } from './strimzi-props.ts';
import { StrimziScaling, StrimziScrape } from './strimzi-scaling.ts';
import { kafkaSpec, type NodePoolOptions, nodePoolSpec } from './strimzi-spec.ts';
import type { StartPosition } from '../../messaging/topic-policies.ts';
import { startByHand } from '../kafka-protocol/start-script.ts';
import { topicSettings } from '../kafka-protocol/topic-settings.ts';
import { StrimziUsers } from './strimzi-users.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** What differs between pools of one cluster. */
type PoolOptions = Pick<NodePoolOptions, 'replicas' | 'roles' | 'memory' | 'cpu'> & {
  readonly storage: () => Size;
};

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
export class StrimziKafka extends PlatformKafka {
  public readonly kind = 'Apache Kafka by Strimzi';
  public readonly topicDefaults: TopicDefaults;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** `host:port` that clients bootstrap from, fully qualified. */
  public readonly bootstrapServers: string;
  /** The generated `Kafka`. */
  public readonly kafka: StrimziObject<'Kafka'>;
  /** The generated pools of nodes. */
  public readonly nodePools: readonly StrimziObject<'KafkaNodePool'>[];
  protected readonly brokerCount: number;
  readonly #name: string;
  readonly #clients = new Set<string>();
  readonly #users: StrimziUsers | undefined;
  readonly #triggerAuthentication: string | undefined;
  readonly #topicObjects: StrimziObject<'KafkaTopic'>[] = [];

  public constructor(scope: Construct, id: string, props: StrimziKafkaProps = {}) {
    super(scope, id, props, STRIMZI_KAFKA);
    const platform = EventPlatform.of(this);
    const { environment, operatorNamespaces } = platform;
    const { production } = environment;
    const name = requireDnsLabel(this, 'name', props.name ?? 'kafka', 20);
    const servers = kafkaServers(environment, props);
    const controllers = props.controllers ?? (production ? 3 : 0);
    reportAll(
      this,
      coded('EP3001', ...strimziSizingProblems({ ...servers, controllers }, production)),
    );
    const authentication = props.authentication ?? production;
    const port = authentication ? 9093 : 9092;
    const zones = props.zones ?? production;
    const names = strimziNames(name);

    const { partitions, retention, maxMessageSize } = brokerOptions(props);
    const { replicationFactor, minInSyncReplicas } = servers;
    this.#name = name;
    this.topicDefaults = { partitions, replicationFactor, minInSyncReplicas, retention };
    this.maxMessageSize = maxMessageSize;
    this.brokerCount = servers.replicas;
    this.bootstrapServers = `${this.hostOf(names.bootstrap)}:${port}`;
    this.peer = { peer: strimziPods(names.kafka), ports: [port] };

    const clients = (): k8s.NetworkPolicyPeer[] => [
      workloads(() => [...this.#clients]),
      ...this.admitted.peers,
      podsOfNamespace(operatorNamespaces.keda),
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
    this.nodePools = this.#addPools(props, servers, controllers);
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
      monitoringNamespace: operatorNamespaces.monitoring,
    });
    new StrimziScrape(this, 'scrape', name);
    new KafkaAlerts(this, 'alerts', { name, exporterJob: this.exporterJob });
  }

  /** The generated KafkaTopics. */
  public get topicObjects(): readonly StrimziObject<'KafkaTopic'>[] {
    return [...this.#topicObjects];
  }

  public override addTopic(spec: TopicSpec): void {
    super.addTopic(spec);
    const name = topicObjectName(spec.name);
    const topic = new StrimziObject(this, `topic-${name}`, {
      kind: 'KafkaTopic',
      name,
      cluster: this.#name,
      spec: () => ({
        ...(name !== spec.name && { topicName: spec.name }),
        partitions: spec.partitions,
        replicas: spec.replicationFactor,
        config: topicSettings(spec),
      }),
    });
    this.#topicObjects.push(topic);
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantPublish(topic, app);
  }

  public grantSubscribe(topic: string, app: IEventApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantSubscribe(topic, app);
  }

  /** None of Strimzi's objects says where a group starts. */
  public startProblem(
    { topic, consumerGroup: group }: TopicSubscription,
    start: StartPosition,
  ): string | undefined {
    const reason = 'Strimzi has no object for the offsets of a group';
    return startByHand(reason, this.bootstrapServers, { group, topic, start });
  }

  public grantInspect(workload: string, rights: InspectionRights): KafkaInspectorLogin {
    this.#clients.add(workload);
    return this.#users === undefined
      ? { tls: false, leak: 'the broker accepts anonymous clients' }
      : {
          tls: true,
          sasl: SASL_MECHANISMS.scramSha512,
          account: this.#users.addInspector(workload, rights),
          authority: this.#authority,
        };
  }

  protected get exporterJob(): string {
    return `${this.namespace}/${strimziNames(this.#name).exporter}`;
  }

  protected get clientNames(): Iterable<string> {
    return this.#clients;
  }

  protected accountOf(client: AdmittedClient): SecretReference | undefined {
    return this.#users?.addOutsider(client);
  }

  protected connection(): KafkaConnection {
    const { compression } = this;
    return this.#users === undefined
      ? { component: ANONYMOUS, compression }
      : {
          component: scramLogin(this.#authority),
          compression,
          scaler: SCALER_LOGIN,
          scalerAuthentication: { name: this.#triggerAuthentication! },
        };
  }

  #addPools(
    props: StrimziKafkaProps,
    { replicas, memory, storage, storageClass, cpuRequest }: ReturnType<typeof kafkaServers>,
    controllers: number,
  ): readonly StrimziObject<'KafkaNodePool'>[] {
    const cluster = this.#name;
    const pool = (name: string, options: PoolOptions) =>
      new StrimziObject(this, name, {
        kind: 'KafkaNodePool',
        name,
        cluster,
        spec: () =>
          nodePoolSpec({ ...options, storage: options.storage(), cluster, name, storageClass }),
      });
    const brokers = {
      replicas,
      storage: () => this.storageOf(storage),
      memory,
      cpu: cpuRequest,
    };
    return controllers === 0
      ? [pool(`${cluster}-nodes`, { ...brokers, roles: ['controller', 'broker'] })]
      : [
          pool(`${cluster}-controllers`, {
            replicas: controllers,
            roles: ['controller'],
            storage: () => props.controllerStorage ?? Size.gibibytes(10),
            memory: props.controllerMemory ?? Size.gibibytes(1),
            cpu: '250m',
          }),
          pool(`${cluster}-brokers`, { ...brokers, roles: ['broker'] }),
        ];
  }

  get #authority() {
    return { secret: strimziNames(this.#name).authority, key: 'ca.crt' };
  }
}
