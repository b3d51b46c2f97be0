import type { InspectionRights, KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { reportAll, requireProps } from '../../core/problems.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { defaultCompression } from '../kafka-protocol/kafka-component.ts';
import type { Compression, TopicSpec } from '../../messaging/message-broker.ts';
import { DEFAULT_IMAGES, VERSIONS } from '../../core/versions.ts';
import { KAFKA_CLUSTER, type KafkaClusterProps, socketProperties } from './kafka-cluster-props.ts';
import { adminScript } from './admin-script.ts';
import { AdmittedClients, type AdmitClientOptions } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import { KafkaCertificates, serverNames } from './kafka-certificates.ts';
import {
  kafkaSizingProblems,
  propertyProblems,
  storageProblems,
  topicProblems,
} from '../kafka-protocol/kafka-checks.ts';
import { KafkaClients } from './kafka-clients.ts';
import { ExternalKafka } from '../external-kafka/external-kafka.ts';
import type { ExternalKafkaOptions } from '../external-kafka/external-options.ts';
import { KafkaExporter } from './kafka-exporter.ts';
import { KafkaNetwork } from './kafka-network.ts';
import { derivedClusterId, KafkaNodes, type KafkaNodesProps } from './kafka-nodes.ts';
import { KafkaProvisioning } from './kafka-provisioning.ts';

import { KafkaSecurity } from './kafka-security.ts';
import { KAFKA_PORTS, type NodeRole, serverProperties } from './server-properties.ts';
import { storageFor } from '../kafka-protocol/storage.ts';
import {
  KafkaBroker,
  kafkaTopicDefaults,
  type KafkaConnection,
} from '../kafka-protocol/kafka-broker.ts';

/** What the pools of a cluster have in common. */
type KafkaPool = Omit<KafkaNodesProps, 'name' | 'replicas' | 'firstId' | 'memory' | 'storage'>;

/** Node id of the first controller, where controllers are pods of their own. */
const FIRST_CONTROLLER_ID = 1000;

/**
 * Apache Kafka in KRaft mode: StatefulSets, Services, disruption budgets, certificates, and a Job that
 * brings the declared topics, users and rights about.
 *
 * @see https://kafka.apache.org/41/documentation.html#kraft
 */
export class KafkaCluster extends KafkaBroker {
  /** A Kafka that somebody else runs. */
  public static fromBootstrap(
    scope: Construct,
    id: string,
    options: ExternalKafkaOptions,
  ): ExternalKafka {
    return new ExternalKafka(scope, id, options);
  }

  public readonly kind = 'Apache Kafka';
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** `host:port` that clients bootstrap from, fully qualified. */
  public readonly bootstrapServers: string;
  /** How clients and servers know each other. */
  public readonly security: KafkaSecurity;
  /** The brokers. */
  public readonly brokers: KafkaNodes;
  /** The controllers; undefined where each broker is one, too. */
  public readonly controllers: KafkaNodes | undefined;
  readonly #clients: KafkaClients;
  readonly #admitted = new AdmittedClients(this, () => this.#clients.workloads);
  readonly #offsetsRetention: Duration | undefined;
  readonly #compression: Compression | 'none';

  public constructor(scope: Construct, id: string, props: KafkaClusterProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, KAFKA_CLUSTER);
    const { environment, operatorNamespaces } = EventPlatform.of(this);
    const { broker: defaults, namespace, production } = environment;
    const name = requireDnsLabel(this, 'name', props.name ?? 'kafka', 40);
    const host = (service: string) => `${service}.${namespace}.svc.cluster.local`;
    const controllers = (props.controllers ?? production) && {
      name: `${name}-controller`,
      replicas: 3,
      storage: Size.gibibytes(10),
      memory: Size.gibibytes(1),
      ...(props.controllers ?? {}),
    };
    const sizing = {
      replicas: props.replicas ?? defaults.replicas,
      controllers: controllers === false ? undefined : controllers.replicas,
      replicationFactor: props.replicationFactor ?? defaults.replicationFactor,
      minInSyncReplicas: props.minInSyncReplicas ?? defaults.minInSyncReplicas,
    };
    const properties = { ...socketProperties(props.socketBuffers), ...props.properties };
    reportAll(this, [
      ...kafkaSizingProblems(sizing, { production, clusterId: props.clusterId }),
      ...propertyProblems(props.properties ?? {}),
    ]);

    this.security =
      props.security ?? (production ? KafkaSecurity.scramOverTls() : KafkaSecurity.none());
    this.topicDefaults = kafkaTopicDefaults(props, sizing);
    this.maxMessageSize = props.maxMessageSize ?? Size.mebibytes(1);
    this.bootstrapServers = `${host(name)}:${KAFKA_PORTS.client}`;
    this.peer = { who: workloads(() => [name]), ports: [KAFKA_PORTS.client] };
    this.#offsetsRetention = props.offsetsRetention;
    this.#compression = props.compression ?? defaultCompression(environment);

    const monitored = props.jmxExporter ?? production;
    const quorum = {
      name: controllers === false ? name : controllers.name,
      headlessHost: host(`${controllers === false ? name : controllers.name}-headless`),
      replicas: controllers === false ? sizing.replicas : controllers.replicas,
      firstId: controllers === false ? 0 : FIRST_CONTROLLER_ID,
    };
    const certificates = this.security.enabled
      ? new KafkaCertificates(this, 'certificates', {
          name,
          issuer: this.security.issuer,
          dnsNames: serverNames(host, [
            { name, replicas: sizing.replicas },
            ...(controllers === false ? [] : [controllers]),
          ]),
        })
      : undefined;
    const pool = (roles: readonly NodeRole[], headless: string): KafkaPool => ({
      roles,
      clusterId: props.clusterId ?? derivedClusterId(namespace, name),
      image: props.image ?? DEFAULT_IMAGES.kafka,
      storageClass: props.storageClass,
      cpuRequest: defaults.cpu,
      certificate: certificates?.serverSecret,
      jmxExporterImage: monitored
        ? environment.platformImageReference('kafka-jmx-exporter', VERSIONS.jmxExporter)
        : undefined,
      serverProperties: () =>
        serverProperties({
          ...this.topicDefaults,
          roles,
          quorum,
          headlessHost: host(headless),
          brokers: sizing.replicas,
          offsetsRetention: this.offsetsRetention,
          maxMessageSize: this.maxMessageSize,
          secured: this.security.enabled,
          rackAware: props.rackAware ?? production,
          properties,
        }),
    });
    this.brokers = new KafkaNodes(this, 'brokers', {
      ...pool(controllers === false ? ['broker', 'controller'] : ['broker'], `${name}-headless`),
      name,
      adminScript: adminScript(host(`${name}-headless`), this.security.enabled),
      replicas: sizing.replicas,
      firstId: 0,
      memory: props.memory ?? defaults.memory,
      storage: () => props.storage ?? this.#neededStorage(sizing.replicas, defaults.storage),
    });
    if (controllers !== false) {
      this.controllers = new KafkaNodes(this, 'controllers', {
        ...pool(['controller'], `${controllers.name}-headless`),
        name: controllers.name,
        replicas: controllers.replicas,
        firstId: FIRST_CONTROLLER_ID,
        memory: controllers.memory,
        storage: controllers.storage,
      });
    }
    this.#clients = new KafkaClients(this, 'clients', {
      name,
      bootstrapServers: this.bootstrapServers,
      certificates,
    });
    const admin =
      certificates === undefined
        ? { address: this.bootstrapServers, port: KAFKA_PORTS.client }
        : {
            address: `${host(`${name}-headless`)}:${KAFKA_PORTS.internal}`,
            port: KAFKA_PORTS.internal,
          };
    this.#clients.admit(`${name}-topics`);
    new KafkaProvisioning(this, 'topics', {
      name: `${name}-topics`,
      image: props.image ?? DEFAULT_IMAGES.kafka,
      bootstrapServers: admin.address,
      peer: { who: workloads(() => [name]), ports: [admin.port] },
      certificate: certificates?.adminSecret,
      topics: () => this.topics,
      clients: this.#clients,
    });
    new KafkaExporter(this, 'exporter', {
      name: `${name}-exporter`,
      bootstrapServers: this.bootstrapServers,
      peer: this.peer,
      login: this.#clients.observer(`${name}-exporter`),
    });
    new KafkaAlerts(this, 'alerts', {
      name,
      exporterJob: `${namespace}/${name}-exporter`,
      controllers: monitored ? quorum.name : undefined,
    });
    new KafkaNetwork(this, 'network', {
      brokers: name,
      controllers: controllers === false ? undefined : controllers.name,
      administrator: certificates === undefined ? undefined : `${name}-topics`,
      monitored,
      clients: () => this.#clients.workloads,
      outsiders: () => this.#admitted.peers,
      namespaces: operatorNamespaces,
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

  public grantPublish(topic: string, app: IEventApp): void {
    this.#clients.publisher(app, topic);
  }

  public grantSubscribe(topic: string, app: IEventApp): void {
    this.#clients.receiver(app, topic);
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
   * @example
   * kafka.admitClient('billing', { namespace: 'finance', receives: [OrderPlaced] });
   */
  public admitClient(name: string, options: AdmitClientOptions): SecretReference | undefined {
    return this.#clients.outsider(this.#admitted.add(name, options));
  }

  public publishedByOthers(topic: string): boolean {
    return this.#admitted.publishTo(topic);
  }

  public grantInspect(workload: string, rights: InspectionRights): KafkaInspectorLogin {
    return this.#clients.inspector(workload, rights);
  }

  protected get exporterJob(): string {
    return `${EventPlatform.of(this).environment.namespace}/${this.brokers.name}-exporter`;
  }

  protected connection(): KafkaConnection {
    return { ...this.#clients.connection, compression: this.#compression };
  }

  #neededStorage(brokers: number, least: Size): Size {
    const needed = storageFor(this.topics, brokers);
    return needed.toMebibytes() > least.toMebibytes() ? needed : least;
  }
}
