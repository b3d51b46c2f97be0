import { Policy } from '@pulumi/aws/appautoscaling/policy.js';
import { Target } from '@pulumi/aws/appautoscaling/target.js';
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Cluster } from '@pulumi/aws/msk/cluster.js';
import { Configuration } from '@pulumi/aws/msk/configuration.js';
import { Topic } from '@pulumi/aws/msk/topic.js';
import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { TopicSpec } from '../../constructs/messaging/message-broker.ts';
import { isTimed, longestRetention } from '../../constructs/messaging/topic-policies.ts';
import { Firewall } from './firewall.ts';
import type { Network } from './network.ts';
import type { AwsSize } from './sizes.ts';
import { keptVersions, noteOtherVersion, type Upgrade } from './upgrades.ts';

/**
 * Version of the brokers, without ZooKeeper. AWS keeps 3.9 for longer than others.
 *
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html
 */
export const MSK_VERSION = '3.9.x.kraft';

/** How long a consumer group without members keeps its place; longer than any topic keeps events. */
export const OFFSETS_RETENTION = Duration.days(60);

/**
 * Settings of the brokers. `allow.everyone.if.no.acl.found` is not among them: clients log in with
 * IAM alone, and IAM asks no ACL.
 */
const SERVER_PROPERTIES = {
  'auto.create.topics.enable': 'false',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.retention.minutes': String(OFFSETS_RETENTION.toMinutes()),
  'unclean.leader.election.enable': 'false',
};

const PORTS = { iam: 9098, 'jmx-metrics': 11_001, 'node-metrics': 11_002 };

/** What {@link Kafka} is made from. */
export interface KafkaArgs {
  readonly size: AwsSize;
  readonly network: Pick<Network, 'vpcId' | 'subnetIds'>;
  /** Security groups that may connect, by what they are. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  /** ARN of the key that encrypts events. */
  readonly keyArn: pulumi.Input<string>;
  /** ARN of the key that encrypts logs. */
  readonly logKeyArn: pulumi.Input<string>;
  /** What is upgraded. @default - nothing */
  readonly upgrade?: Upgrade;
}

/** A cluster of Amazon MSK: brokers in three zones that let clients in by their AWS identity only. */
export class Kafka extends pulumi.ComponentResource {
  /** The cluster itself. */
  public readonly cluster: Cluster;
  public readonly clusterArn: pulumi.Output<string>;
  /** `host:port` of brokers, for clients that log in with IAM. */
  public readonly bootstrapServers: pulumi.Output<string[]>;

  public constructor(name: string, args: KafkaArgs, options?: pulumi.ComponentResourceOptions) {
    super('event-platform:aws:Kafka', name, {}, options);
    const { size, network } = args;
    const child = { parent: this };
    const firewall = new Firewall(
      name,
      {
        vpcId: network.vpcId,
        description: 'Kafka brokers',
        ports: PORTS,
        clients: args.clients,
      },
      child,
    );
    const logs = new LogGroup(
      `${name}-brokers`,
      {
        // The policy by which MSK writes to groups lists each, up to a size; those of this name count once.
        namePrefix: `/aws/vendedlogs/${name}-brokers-`,
        retentionInDays: size.logRetention.toDays(),
        kmsKeyId: args.logKeyArn,
      },
      child,
    );
    const configuration = new Configuration(
      name,
      {
        description: 'Events are in two copies before they count, and topics are declared',
        serverProperties: Object.entries(SERVER_PROPERTIES)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      },
      child,
    );
    this.cluster = this.#brokers(name, args, firewall, logs, configuration);
    noteOtherVersion('kafka', MSK_VERSION, this.cluster.kafkaVersion, this.cluster);
    this.#growVolumes(name, size);
    this.clusterArn = this.cluster.arn;
    this.bootstrapServers = this.cluster.bootstrapBrokersSaslIam.apply((servers) =>
      servers.split(','),
    );
    this.registerOutputs({
      clusterArn: this.clusterArn,
      bootstrapServers: this.bootstrapServers,
    });
  }

  #brokers(
    name: string,
    { size, network, keyArn, upgrade }: KafkaArgs,
    firewall: Firewall,
    logs: LogGroup,
    configuration: Configuration,
  ): Cluster {
    return new Cluster(
      name,
      {
        kafkaVersion: MSK_VERSION,
        numberOfBrokerNodes: size.kafka.brokers,
        brokerNodeGroupInfo: {
          instanceType: size.kafka.instanceType,
          clientSubnets: [...network.subnetIds.isolated],
          securityGroups: [firewall.groupId],
          storageInfo: { ebsStorageInfo: { volumeSize: size.kafka.storage.toGibibytes() } },
          connectivityInfo: { publicAccess: { type: 'DISABLED' } },
        },
        clientAuthentication: { sasl: { iam: true, scram: false }, unauthenticated: false },
        encryptionInfo: {
          encryptionAtRestKmsKeyArn: keyArn,
          encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
        },
        configurationInfo: { arn: configuration.arn, revision: configuration.latestRevision },
        enhancedMonitoring: size.kafka.monitoring,
        openMonitoring: {
          prometheus: {
            jmxExporter: { enabledInBroker: true },
            nodeExporter: { enabledInBroker: true },
          },
        },
        loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } },
      },
      {
        parent: this,
        protect: size.protectData,
        // Volumes grow by themselves: what was declared first would shrink them, which MSK refuses.
        ignoreChanges: [
          'brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize',
          ...keptVersions('kafka', upgrade, ['kafkaVersion']),
        ],
        customTimeouts: { create: '2h', update: '4h', delete: '2h' },
      },
    );
  }

  #growVolumes(name: string, { kafka }: AwsSize): void {
    const scalableDimension = 'kafka:broker-storage:VolumeSize';
    const serviceNamespace = 'kafka';
    const target = new Target(
      name,
      {
        resourceId: this.cluster.arn,
        scalableDimension,
        serviceNamespace,
        minCapacity: 1,
        maxCapacity: kafka.maxStorage.toGibibytes(),
      },
      { parent: this },
    );
    new Policy(
      name,
      {
        policyType: 'TargetTrackingScaling',
        resourceId: target.resourceId,
        scalableDimension,
        serviceNamespace,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: {
            predefinedMetricType: 'KafkaBrokerStorageUtilization',
          },
          targetValue: 70,
          // Volumes of MSK cannot shrink.
          disableScaleIn: true,
        },
      },
      { parent: this },
    );
  }
}

/** Settings of a topic, as Kafka names them. */
function topicConfigs(spec: TopicSpec): Record<string, string> {
  return {
    'cleanup.policy': 'delete',
    'min.insync.replicas': String(spec.minInSyncReplicas),
    'retention.ms': String(longestRetention(spec.retention).toMilliseconds()),
    ...(spec.compression !== undefined && { 'compression.type': spec.compression }),
    ...(spec.maxMessageSize !== undefined && {
      'max.message.bytes': String(spec.maxMessageSize.toKibibytes() * 1024),
    }),
  };
}

/** Partitions of Kafka's own topics on each of three brokers: places of groups, and what MSK tests with. */
const OWN_PARTITIONS = 60;

function refuseTopics(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(
      withCode('EP7002', `topics cannot be made:\n- ${problems.join('\n- ')}`),
    );
  }
}

/** @throws RunError when topics of all systems have more partitions than brokers can be upgraded with. */
export function requirePartitions({ kafka }: AwsSize, topics: readonly TopicSpec[]): void {
  const copies = topics.reduce((sum, spec) => sum + spec.partitions * spec.replicationFactor, 0);
  const perBroker = Math.ceil(copies / kafka.brokers) + OWN_PARTITIONS;
  if (perBroker > kafka.maxPartitions) {
    refuseTopics([
      `topics and Kafka's own have ${perBroker} partitions on each broker, copies included, and MSK takes ${kafka.maxPartitions} on ${kafka.instanceType}: use fewer partitions, or larger or more brokers in sizes.ts`,
    ]);
  }
}

/** What {@link mskTopics} is made from. */
export interface MskTopicsArgs {
  readonly size: AwsSize;
  readonly clusterArn: pulumi.Input<string>;
  /** What each topic has to be like. */
  readonly topics: readonly TopicSpec[];
}

/**
 * Topics of an MSK cluster, by name. MSK itself makes them, so that no program of Kafka's has to log
 * in. The deployer needs `kafka-cluster:Connect`, and `CreateTopic`, `DescribeTopic`, `AlterTopic`
 * and `DeleteTopic` with the `DynamicConfiguration` of topics.
 *
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-topic-operations-information.html
 * @throws RunError that names every topic with more copies than brokers, or that could not be written to.
 */
export function mskTopics(
  name: string,
  { size, clusterArn, topics }: MskTopicsArgs,
  options?: pulumi.CustomResourceOptions,
): ReadonlyMap<string, Topic> {
  const problems = topics.flatMap((spec) => [
    ...(spec.replicationFactor > size.kafka.brokers
      ? [
          `topic '${spec.name}' has ${spec.replicationFactor} copies, and there are ${size.kafka.brokers} brokers: use at most ${size.kafka.brokers}`,
        ]
      : []),
    ...(spec.minInSyncReplicas >= spec.replicationFactor
      ? [
          `topic '${spec.name}' needs ${spec.minInSyncReplicas} of ${spec.replicationFactor} copies, so that the restart of one broker stops writes: use at most ${spec.replicationFactor - 1}`,
        ]
      : []),
    ...(longestRetention(spec.retention).toMilliseconds() > OFFSETS_RETENTION.toMilliseconds()
      ? [
          `topic '${spec.name}' keeps events for ${isTimed(spec.retention) ? spec.retention.toHumanString() : 'good'}, longer than groups keep their place: use at most ${OFFSETS_RETENTION.toHumanString()}`,
        ]
      : []),
  ]);
  refuseTopics(problems);
  return new Map(
    topics.map((spec) => [
      spec.name,
      new Topic(
        `${name}-${spec.name}`,
        {
          clusterArn,
          name: spec.name,
          partitionCount: spec.partitions,
          replicationFactor: spec.replicationFactor,
          configs: JSON.stringify(topicConfigs(spec)),
        },
        { ...options, protect: size.protectData },
      ),
    ]),
  );
}
