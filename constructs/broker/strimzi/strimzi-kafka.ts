import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { requireProps } from '../../core/problems.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { type NetworkPeer, podsOfNamespace, workloads } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { AdmittedClients, type AdmitClientOptions } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import { storageProblems, topicProblems } from '../kafka-protocol/kafka-checks.ts';
import { storageFor } from '../kafka-protocol/storage.ts';
import { defaultCompression } from '../kafka-protocol/kafka-component.ts';
import type { Compression, TopicSpec } from '../../messaging/message-broker.ts';
import { STRIMZI_KAFKA, type StrimziKafkaProps } from './strimzi-props.ts';
import { strimziSizingProblems } from './strimzi-checks.ts';
import { strimziNames, topicObjectName } from './strimzi-names.ts';
import { StrimziNetwork, strimziPods } from './strimzi-network.ts';
import { StrimziObject } from './strimzi-objects.ts';
import { StrimziScaling, StrimziScrape } from './strimzi-scaling.ts';
import { kafkaSpec, type NodePoolOptions, nodePoolSpec, topicConfig } from './strimzi-spec.ts';
import { StrimziUsers } from './strimzi-users.ts';
import {
  KafkaBroker,
  kafkaTopicDefaults,
  type KafkaConnection,
} from '../kafka-protocol/kafka-broker.ts';
import type { InspectionRights, KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { SASL_MECHANISMS } from '../kafka-protocol/kafka-login.ts';
import { ANONYMOUS, scramLogin, SCALER_LOGIN } from '../kafka-protocol/scram-login.ts';

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
export class StrimziKafka extends KafkaBroker {
  public readonly kind = 'Apache Kafka by Strimzi';
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** `host:port` that clients bootstrap from, fully qualified. */
  public readonly bootstrapServers: string;
  /** The generated `Kafka`. */
  public readonly kafka: StrimziObject<'Kafka'>;
  /** The generated pools of nodes. */
  public readonly nodePools: readonly StrimziObject<'KafkaNodePool'>[];
  readonly #name: string;
  readonly #clients = new Set<string>();
  readonly #admitted = new AdmittedClients(this, () => this.#clients);
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

    this.topicDefaults = kafkaTopicDefaults(props, sizing);
    this.maxMessageSize = props.maxMessageSize ?? Size.mebibytes(1);
    this.bootstrapServers = `${names.bootstrap}.${environment.namespace}.svc.cluster.local:${port}`;
    this.peer = { who: strimziPods(names.kafka), ports: [port] };
    this.#offsetsRetention = props.offsetsRetention;
    this.#compression = props.compression ?? defaultCompression(environment);

    const clients = (): k8s.NetworkPolicyPeer[] => [
      workloads(() => [...this.#clients]),
      ...this.#admitted.peers,
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

  /** How long offsets of a group without members are kept: by default longer than any message. */
  public get offsetsRetention(): Duration {
    return (
      this.#offsetsRetention ?? this.declaredTopics.offsetsRetention(this.topicDefaults.retention)
    );
  }

  public override addTopic(spec: TopicSpec): void {
    super.addTopic(spec);
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

  public grantPublish(topic: string, app: IEventApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantPublish(topic, app);
  }

  public grantSubscribe(topic: string, app: IEventApp): void {
    this.#clients.add(app.appId);
    this.#users?.grantSubscribe(topic, app);
  }

  /**
   * Admits a client in another namespace: pods there with the label `app.kubernetes.io/name: <name>` may connect, and
   * a user of that name may publish to and receive just these topics of the platform.
   *
   * @param name of the client.
   * @returns its account, `<name>-broker` in the platform's namespace, for its team to copy; undefined where
   * clients do not log in.
   * @throws DeclarationError when the options are not valid. Topics and names are checked when the platform is
   * rendered, so the order of declarations does not matter.
   */
  public admitClient(name: string, options: AdmitClientOptions): SecretReference | undefined {
    const client = this.#admitted.add(name, options);
    return this.#users?.addOutsider(client);
  }

  public publishedByOthers(topic: string): boolean {
    return this.#admitted.publishTo(topic);
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
    const { namespace } = EventPlatform.of(this).environment;
    return `${namespace}/${strimziNames(this.#name).exporter}`;
  }

  protected connection(): KafkaConnection {
    const compression = this.#compression;
    return this.#users === undefined
      ? { component: ANONYMOUS, compression }
      : {
          component: scramLogin(this.#authority),
          compression,
          scaler: SCALER_LOGIN,
          scalerAuthentication: { name: this.#triggerAuthentication! },
        };
  }

  get #authority() {
    return { secret: strimziNames(this.#name).authority, key: 'ca.crt' };
  }
}
