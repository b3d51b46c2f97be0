import { minutesUp } from '../../core/quantities.ts';
import { Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/errors.ts';
import { EventPlatform } from '../../core/event-platform.ts';
import { assignLayer, Layer } from '../../core/layers.ts';
import { requireDnsLabel } from '../../core/names.ts';
import { setting } from '../../dapr/component-metadata.ts';
import {
  type NetworkPeer,
  podsOfNamespace,
  WorkloadNetworkPolicy,
  workloads,
} from '../../security/network-policies.ts';
import type { IDaprApp } from '../../dapr/dapr-app.ts';
import type {
  IMessageBroker,
  LagThresholds,
  LagTrigger,
  PubSubBinding,
  TopicSpec,
  TopicSubscription,
} from '../message-broker.ts';
import { KafkaExporter } from './kafka-exporter.ts';
import { KafkaNodes } from './kafka-nodes.ts';
import { kafkaSizingProblems, topicProblems } from './kafka-checks.ts';
import { KAFKA_PORTS, serverProperties } from './server-properties.ts';
import { TopicProvisioning } from './topic-provisioning.ts';

/** Properties of {@link KafkaCluster}. */
export interface KafkaClusterProps {
  /** Name of the StatefulSet and of the client Service. @default 'kafka' */
  readonly name?: string;
  /** Nodes, each of them broker and controller: 1, or an odd number of 3 or more. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /** Copies of each partition. @default - 1 locally, 3 in production */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it is confirmed. @default - 1 locally, 2 in production */
  readonly minInSyncReplicas?: number;
  /** Partitions of a topic that does not say otherwise. @default 3 */
  readonly partitions?: number;
  /** How long messages are kept where a topic does not say otherwise. @default 7 days */
  readonly retention?: Duration;
  /** How long offsets of a group without members are kept. @default - a day longer than the longest retention */
  readonly offsetsRetention?: Duration;
  /** Largest message. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /** Volume of each node. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Storage class of the volumes. @default - the cluster's own default */
  readonly storageClass?: string;
  /** Memory limit of each node; half of it is the heap. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Identity of the cluster: 16 bytes in URL-safe base64, 22 characters. Never change it. @default - derived from namespace and name */
  readonly clusterId?: string;
  /** Image. Its programs are expected in `/opt/kafka/bin`. @default 'apache/kafka:4.1.0' */
  readonly image?: string;
}

/**
 * Apache Kafka in KRaft mode: StatefulSet, Services, disruption budget, and a Job that brings the
 * declared topics about. Each node is broker and controller.
 *
 * @see https://kafka.apache.org/41/documentation.html#kraft
 */
export class KafkaCluster extends Construct implements IMessageBroker {
  public readonly topicDefaults: Omit<TopicSpec, 'name'>;
  public readonly maxMessageSize: Size;
  public readonly peer: NetworkPeer;
  /** `host:port` that clients bootstrap from, fully qualified. */
  public readonly bootstrapServers: string;
  /** The StatefulSet and what surrounds it. */
  public readonly nodes: KafkaNodes;
  readonly #topics = new Map<string, TopicSpec>();
  readonly #clients = new Set<string>();
  public readonly deliversInBulk = true;
  readonly #offsetsRetention: Duration | undefined;

  public constructor(scope: Construct, id: string, props: KafkaClusterProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const name = requireDnsLabel(this, 'name', props.name ?? 'kafka', 40);
    const host = (service: string) => `${service}.${environment.namespace}.svc.cluster.local`;
    const sizing = {
      replicas: props.replicas ?? environment.broker.replicas,
      replicationFactor: props.replicationFactor ?? environment.broker.replicationFactor,
      minInSyncReplicas: props.minInSyncReplicas ?? environment.broker.minInSyncReplicas,
    };
    const [problem] = kafkaSizingProblems(sizing, props.clusterId);
    if (problem !== undefined) {
      throw new DeclarationError(this, problem);
    }

    this.topicDefaults = {
      partitions: props.partitions ?? 3,
      replicationFactor: sizing.replicationFactor,
      minInSyncReplicas: sizing.minInSyncReplicas,
      retention: props.retention ?? Duration.days(7),
    };
    this.maxMessageSize = props.maxMessageSize ?? Size.mebibytes(1);
    this.bootstrapServers = `${host(name)}:${KAFKA_PORTS.client}`;
    this.peer = {
      who: workloads(() => [name]),
      ports: [KAFKA_PORTS.client],
    };
    this.#offsetsRetention = props.offsetsRetention;

    this.nodes = new KafkaNodes(this, 'nodes', {
      name,
      replicas: sizing.replicas,
      storage: props.storage ?? environment.broker.storage,
      storageClass: props.storageClass,
      memory: props.memory ?? environment.broker.memory,
      cpuRequest: environment.broker.cpu,
      clusterId: props.clusterId,
      image: props.image ?? 'apache/kafka:4.1.0',
      serverProperties: () =>
        serverProperties({
          ...this.topicDefaults,
          ...sizing,
          name,
          headlessHost: host(`${name}-headless`),
          offsetsRetention: this.offsetsRetention,
          maxMessageSize: this.maxMessageSize,
        }),
    });
    this.#clients.add(`${name}-topics`).add(`${name}-exporter`);
    new TopicProvisioning(this, 'topics', {
      name: `${name}-topics`,
      peer: this.peer,
      bootstrapServers: this.bootstrapServers,
      image: props.image ?? 'apache/kafka:4.1.0',
      topics: () => this.topics,
    });
    new KafkaExporter(this, 'exporter', {
      name: `${name}-exporter`,
      peer: this.peer,
      bootstrapServers: this.bootstrapServers,
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [
        {
          who: workloads(() => [name]),
          ports: Object.values(KAFKA_PORTS),
        },
        {
          who: podsOfNamespace(platform.operatorNamespaces.keda),
          ports: [KAFKA_PORTS.client],
        },
        { who: workloads(() => [...this.#clients]), ports: [KAFKA_PORTS.client] },
      ],
      egress: [
        {
          who: workloads(() => [name]),
          ports: Object.values(KAFKA_PORTS),
        },
      ],
    });
    this.node.addValidation({
      validate: () =>
        topicProblems(this.topics, sizing.replicas, this.offsetsRetention).map(
          (found) => `${this.node.path}: ${found}`,
        ),
    });
  }

  /** The topics that are provisioned, by name. */
  public get topics(): readonly TopicSpec[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** How long offsets of a group without members are kept: by default longer than any message. */
  public get offsetsRetention(): Duration {
    const longest = Math.max(
      minutesUp(this.topicDefaults.retention),
      ...this.topics.map((topic) => minutesUp(topic.retention)),
    );
    return this.#offsetsRetention ?? Duration.minutes(longest + minutesUp(Duration.days(1)));
  }

  public addTopic(spec: TopicSpec): void {
    if (this.#topics.has(spec.name)) {
      throw new DeclarationError(this, `topic '${spec.name}' is declared twice: declare it once`);
    }
    this.#topics.set(spec.name, spec);
  }

  public grantPublish(_topic: string, app: IDaprApp): void {
    this.#clients.add(app.appId);
  }

  public grantSubscribe(_topic: string, app: IDaprApp): void {
    this.#clients.add(app.appId);
  }

  /** Pods of a group share the partitions, and a key is in one of them. */
  public keyOrderProblem(): undefined {
    return undefined;
  }

  public pubSubBinding(): PubSubBinding {
    return {
      type: 'pubsub.kafka',
      version: 'v1',
      metadata: [
        setting('brokers', this.bootstrapServers),
        setting('authType', 'none'),
        // Each app is a group of its own: all get every event, and the pods of one share them.
        setting('consumerGroup', '{appID}'),
        setting('clientID', '{appID}'),
        // With "newest", events published while a consumer is at zero would be skipped.
        setting('initialOffset', 'oldest'),
        setting('maxMessageBytes', this.maxMessageSize.toKibibytes() * 1024),
        // Of the wire protocol, not of the broker: the newest that Dapr's client has tested.
        setting('version', '2.8.0'),
      ],
    };
  }

  public lagTrigger(subscription: TopicSubscription, thresholds: LagThresholds): LagTrigger {
    return {
      type: 'kafka',
      metadata: {
        bootstrapServers: this.bootstrapServers,
        consumerGroup: subscription.consumerGroup,
        topic: subscription.topic,
        lagThreshold: String(thresholds.lagThreshold),
        activationLagThreshold: String(thresholds.activationLagThreshold),
        // A group that has never run has no offsets: its lag is the whole topic, as for Dapr.
        offsetResetPolicy: 'earliest',
        version: '2.8.0',
      },
    };
  }

  public lagQuery(subscription: TopicSubscription): string {
    const { consumerGroup, topic } = subscription;
    return `sum(kafka_consumergroup_lag{${this.#exporterJob()},consumergroup="${consumerGroup}",topic="${topic}"})`;
  }

  public growthQuery(topic: string, range: string): string {
    return `sum(increase(kafka_topic_partition_current_offset{${this.#exporterJob()},topic="${topic}"}[${range}]))`;
  }

  #exporterJob(): string {
    return `job="${EventPlatform.of(this).environment.namespace}/${this.nodes.name}-exporter"`;
  }
}
