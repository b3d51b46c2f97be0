import type { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { requireDnsLabel } from '../../core/names.ts';
import { reportAll } from '../../core/problems.ts';
import { DEFAULT_IMAGES, VERSIONS } from '../../core/versions.ts';
import type { IEventApp } from '../../messaging/event-app.ts';
import type { SubscriptionNeeds, TopicDefaults } from '../../messaging/message-broker.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { type NetworkPeer, workloads } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ExternalKafka } from '../external-kafka/external-kafka.ts';
import type { ExternalKafkaOptions } from '../external-kafka/external-options.ts';
import type { AdmittedClient } from '../kafka-protocol/admitted-clients.ts';
import { KafkaAlerts } from '../kafka-protocol/kafka-alerts.ts';
import type { KafkaConnection } from '../kafka-protocol/kafka-broker.ts';
import { kafkaSizingProblems, propertyProblems } from '../kafka-protocol/kafka-checks.ts';
import type { InspectionRights, KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';
import { PlatformKafka } from '../kafka-protocol/platform-kafka.ts';
import { brokerOptions } from '../parts/broker-options.ts';
import { adminScript } from './admin-script.ts';
import { KafkaCertificates, serverNames } from './kafka-certificates.ts';
import { KafkaClients } from './kafka-clients.ts';
import { KAFKA_CLUSTER, type KafkaClusterProps, socketProperties } from './kafka-cluster-props.ts';
import { KafkaExporter } from './kafka-exporter.ts';
import { type KafkaLayout, kafkaLayout } from './kafka-layout.ts';
import { KafkaNetwork } from './kafka-network.ts';
import { derivedClusterId, KafkaNodes, type KafkaNodesProps } from './kafka-nodes.ts';
import { KafkaProvisioning } from './kafka-provisioning.ts';
import { KafkaSecurity } from './kafka-security.ts';
import { KAFKA_PORTS, type NodeRole, serverProperties } from './server-properties.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** What the pools of a cluster have in common. */
type KafkaPool = Omit<KafkaNodesProps, 'name' | 'replicas' | 'firstId' | 'memory' | 'storage'>;

/**
 * Apache Kafka in KRaft mode: StatefulSets, Services, disruption budgets, certificates, and a Job that
 * brings the declared topics, users and rights about.
 *
 * @see https://kafka.apache.org/41/documentation.html#kraft
 */
export class KafkaCluster extends PlatformKafka {
  /** A Kafka that somebody else runs. */
  public static fromBootstrap(
    scope: Construct,
    id: string,
    options: ExternalKafkaOptions,
  ): ExternalKafka {
    return new ExternalKafka(scope, id, options);
  }

  public readonly kind = 'Apache Kafka';
  public readonly topicDefaults: TopicDefaults;
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
  protected readonly brokerCount: number;
  protected override readonly toolsImage: string;
  readonly #clients: KafkaClients;

  public constructor(scope: Construct, id: string, props: KafkaClusterProps = {}) {
    super(scope, id, props, KAFKA_CLUSTER);
    const { environment } = EventPlatform.of(this);
    const { production } = environment;
    const name = requireDnsLabel(this, 'name', props.name ?? 'kafka', 40);
    const layout = kafkaLayout(environment, { ...props, name }, (service) => this.hostOf(service));
    reportAll(this, [
      ...coded(
        'EP3001',
        ...kafkaSizingProblems(
          { ...layout, controllers: layout.controllers?.replicas },
          { production, clusterId: props.clusterId },
        ),
      ),
      ...coded('EP3003', ...propertyProblems(props.properties ?? {})),
    ]);

    const { partitions, retention, maxMessageSize } = brokerOptions(props);
    const { replicationFactor, minInSyncReplicas } = layout;
    this.topicDefaults = { partitions, replicationFactor, minInSyncReplicas, retention };
    this.maxMessageSize = maxMessageSize;
    this.brokerCount = layout.replicas;
    this.toolsImage = props.image ?? DEFAULT_IMAGES.kafka;
    this.security =
      props.security ?? (production ? KafkaSecurity.scramOverTls() : KafkaSecurity.none());
    this.bootstrapServers = `${this.hostOf(name)}:${KAFKA_PORTS.client}`;
    this.peer = { peer: workloads(() => [name]), ports: [KAFKA_PORTS.client] };

    const certificates = this.#certificates(layout);
    const monitored = props.jmxExporter ?? production;
    [this.brokers, this.controllers] = this.#nodes(props, layout, certificates, monitored);
    this.#clients = new KafkaClients(this, 'clients', {
      name,
      bootstrapServers: this.bootstrapServers,
      certificates,
    });
    this.#provision(props, layout, certificates);
    this.#monitor(layout, monitored);
    new KafkaNetwork(this, 'network', {
      brokers: name,
      controllers: layout.controllers?.name,
      administrator: certificates === undefined ? undefined : `${name}-topics`,
      monitored,
      clients: () => this.#clients.workloads,
      outsiders: () => this.admitted.peers,
    });
  }

  public grantPublish(topic: string, app: IEventApp): void {
    this.#clients.publisher(app, topic);
  }

  public grantSubscribe(topic: string, app: IEventApp, needs: SubscriptionNeeds): void {
    this.#clients.receiver(app, topic);
    this.noteStart(topic, app, needs);
  }

  /** The Job that provisions topics sets the offsets of a group that has none. */
  public startProblem(): undefined {
    return undefined;
  }

  public grantInspect(workload: string, rights: InspectionRights): KafkaInspectorLogin {
    return this.#clients.inspector(workload, rights);
  }

  protected get exporterJob(): string {
    return `${this.namespace}/${this.brokers.name}-exporter`;
  }

  protected get clientNames(): Iterable<string> {
    return this.#clients.workloads;
  }

  protected connection(): KafkaConnection {
    return { ...this.#clients.connection, compression: this.compression };
  }

  protected accountOf(client: AdmittedClient): SecretReference | undefined {
    return this.#clients.outsider(client);
  }

  #certificates({ name, replicas, controllers }: KafkaLayout): KafkaCertificates | undefined {
    if (!this.security.enabled) {
      return undefined;
    }
    const pools = [{ name, replicas }, ...(controllers === undefined ? [] : [controllers])];
    return new KafkaCertificates(this, 'certificates', {
      name,
      issuer: this.security.issuer,
      dnsNames: serverNames((service) => this.hostOf(service), pools),
    });
  }

  /** Makes the brokers, and the controllers where they are pods of their own. */
  #nodes(
    props: KafkaClusterProps,
    layout: KafkaLayout,
    certificates: KafkaCertificates | undefined,
    monitored: boolean,
  ): [KafkaNodes, KafkaNodes | undefined] {
    const { name, controllers, quorum } = layout;
    const { environment } = EventPlatform.of(this);
    const pool = (roles: readonly NodeRole[], headless: string): KafkaPool => ({
      roles,
      clusterId: props.clusterId ?? derivedClusterId(environment.namespace, name),
      image: props.image ?? DEFAULT_IMAGES.kafka,
      storageClass: layout.storageClass,
      cpuRequest: layout.cpuRequest,
      certificate: certificates?.serverSecret,
      jmxExporterImage: monitored
        ? environment.platformImageReference('kafka-jmx-exporter', VERSIONS.jmxExporter)
        : undefined,
      serverProperties: () =>
        serverProperties({
          ...this.topicDefaults,
          roles,
          quorum,
          headlessHost: this.hostOf(headless),
          brokers: layout.replicas,
          offsetsRetention: this.offsetsRetention,
          maxMessageSize: this.maxMessageSize,
          secured: this.security.enabled,
          rackAware: props.rackAware ?? environment.production,
          properties: { ...socketProperties(props.socketBuffers), ...props.properties },
        }),
    });
    const headless = `${name}-headless`;
    return [
      new KafkaNodes(this, 'brokers', {
        ...pool(controllers === undefined ? ['broker', 'controller'] : ['broker'], headless),
        name,
        adminScript: adminScript(this.hostOf(headless), this.security.enabled),
        replicas: layout.replicas,
        firstId: 0,
        memory: layout.memory,
        storage: () => this.storageOf(environment.broker.storage),
      }),
      controllers &&
        new KafkaNodes(this, 'controllers', {
          ...pool(['controller'], `${controllers.name}-headless`),
          ...controllers,
          firstId: quorum.firstId,
        }),
    ];
  }

  /** The Job connects as the servers do where clients log in: only they may give rights. */
  #provision(
    { image = DEFAULT_IMAGES.kafka }: KafkaClusterProps,
    { name }: KafkaLayout,
    certificates: KafkaCertificates | undefined,
  ): void {
    const { client, internal } = KAFKA_PORTS;
    const provisioning = `${name}-topics`;
    this.#clients.admit(provisioning);
    new KafkaProvisioning(this, 'topics', {
      name: provisioning,
      image,
      bootstrapServers:
        certificates === undefined
          ? this.bootstrapServers
          : `${this.hostOf(`${name}-headless`)}:${internal}`,
      peer: {
        peer: workloads(() => [name]),
        ports: [certificates === undefined ? client : internal],
      },
      certificate: certificates?.adminSecret,
      topics: () => this.topics,
      starts: () => this.starts,
      clients: this.#clients,
    });
  }

  #monitor({ name, quorum }: KafkaLayout, monitored: boolean): void {
    const exporter = `${name}-exporter`;
    new KafkaExporter(this, 'exporter', {
      name: exporter,
      bootstrapServers: this.bootstrapServers,
      peer: this.peer,
      login: this.#clients.observer(exporter),
    });
    new KafkaAlerts(this, 'alerts', {
      name,
      exporterJob: `${this.namespace}/${exporter}`,
      controllers: monitored ? quorum.name : undefined,
    });
  }
}
