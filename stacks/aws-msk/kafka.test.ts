// AWS takes no part: this shows what is asked for, not what AWS makes of it.
import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../../constructs/messaging/message-broker.ts';
import { ANSWERS, KAFKA_ARN } from '../testing/answers.ts';
import { record } from '../testing/recording.ts';
import { Kafka, MSK_VERSION, mskTopics, requirePartitions } from './kafka.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';
import { SIZES, someNetwork } from './testing.ts';

const CLUSTER = 'aws:msk/cluster:Cluster';
const made = (size: AwsSize) =>
  record(
    () =>
      new Kafka('blue-kafka', {
        size,
        network: someNetwork(),
        clients: { nodes: 'sg-nodes' },
        keyArn: 'key-of-events',
        logKeyArn: 'key-of-logs',
      }),
    ANSWERS,
  );

describe.each(SIZES)('Kafka of size $name', (size) => {
  it('takes IAM alone, with TLS everywhere and our key, out of reach from outside', async () => {
    const { inputs } = (await made(size)).only(CLUSTER);
    expect(inputs).toMatchObject({
      kafkaVersion: MSK_VERSION,
      numberOfBrokerNodes: 3,
      clientAuthentication: { sasl: { iam: true, scram: false }, unauthenticated: false },
      encryptionInfo: {
        encryptionAtRestKmsKeyArn: 'key-of-events',
        encryptionInTransit: { clientBroker: 'TLS', inCluster: true },
      },
      brokerNodeGroupInfo: {
        instanceType: size.kafka.instanceType,
        clientSubnets: ['isolated-0', 'isolated-1', 'isolated-2'],
        connectivityInfo: { publicAccess: { type: 'DISABLED' } },
      },
      enhancedMonitoring: size.kafka.monitoring,
    });
    expect(inputs.clientAuthentication).not.toHaveProperty('tls');
  });

  it('is guarded as the size says', async () => {
    expect((await made(size)).only(CLUSTER).protect).toBe(size.protectData);
  });
});

describe('Kafka', () => {
  it('makes no topic by itself, and loses no confirmed event', async () => {
    const recording = await made(AWS_SIZES.dev);
    const { inputs } = recording.only('aws:msk/configuration:Configuration');
    expect(inputs.serverProperties).toBe(
      'auto.create.topics.enable=false\n' +
        'default.replication.factor=3\n' +
        'min.insync.replicas=2\n' +
        'offsets.retention.minutes=86400\n' +
        'unclean.leader.election.enable=false\n',
    );
  });

  it('has Prometheus and CloudWatch see the brokers', async () => {
    const recording = await made(AWS_SIZES.dev);
    expect(recording.only(CLUSTER).inputs).toMatchObject({
      openMonitoring: {
        prometheus: {
          jmxExporter: { enabledInBroker: true },
          nodeExporter: { enabledInBroker: true },
        },
      },
      loggingInfo: {
        brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: 'blue-kafka-brokers-1234567' } },
      },
    });
    expect(recording.only('aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
      namePrefix: '/aws/vendedlogs/blue-kafka-brokers-',
      retentionInDays: 7,
      kmsKeyId: 'key-of-logs',
    });
  });

  it('lets clients in on the ports of IAM and of metrics', async () => {
    const recording = await made(AWS_SIZES.dev);
    const rules = recording.ofType('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule');
    expect(rules.map(({ inputs }) => [inputs.referencedSecurityGroupId, inputs.fromPort])).toEqual([
      ['sg-nodes', 9098],
      ['sg-nodes', 11_001],
      ['sg-nodes', 11_002],
    ]);
  });

  it('lets volumes grow up to the most of the size, and never shrink', async () => {
    const recording = await made(AWS_SIZES.production);
    expect(recording.only('aws:appautoscaling/target:Target').inputs).toMatchObject({
      resourceId: KAFKA_ARN,
      maxCapacity: 1000,
    });
    expect(recording.only('aws:appautoscaling/policy:Policy').inputs).toMatchObject({
      targetTrackingScalingPolicyConfiguration: { targetValue: 70, disableScaleIn: true },
    });
  });

  it('gives brokers one by one', async () => {
    const servers: string[][] = [];
    await record(() => {
      const kafka = new Kafka('blue-kafka', {
        size: AWS_SIZES.dev,
        network: someNetwork(),
        clients: {},
        keyArn: 'key',
        logKeyArn: 'key',
      });
      kafka.bootstrapServers.apply((found) => servers.push(found));
    }, ANSWERS);
    expect(servers).toEqual([
      ['b-1.kafka.example:9098', 'b-2.kafka.example:9098', 'b-3.kafka.example:9098'],
    ]);
  });
});

const SPEC: TopicSpec = {
  name: 'order-placed',
  partitions: 6,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retention: Duration.days(7),
};
const topics = (specs: readonly TopicSpec[], size = AWS_SIZES.production) =>
  record(() => mskTopics('blue', { size, clusterArn: KAFKA_ARN, topics: specs }), ANSWERS);
const configs = (inputs: Readonly<Record<string, unknown>>): unknown =>
  JSON.parse(inputs.configs as string);

describe('mskTopics', () => {
  it('makes each topic as it is declared, and guards it', async () => {
    const { result, only } = await topics([
      SPEC,
      {
        ...SPEC,
        name: 'order-placed.dlq',
        partitions: 1,
        compression: 'zstd',
        maxMessageSize: Size.kibibytes(512),
      },
    ]);
    expect([...result.keys()]).toEqual(['order-placed', 'order-placed.dlq']);
    const first = only('aws:msk/topic:Topic', 'blue-order-placed');
    expect(first).toMatchObject({
      inputs: {
        name: 'order-placed',
        clusterArn: KAFKA_ARN,
        partitionCount: 6,
        replicationFactor: 3,
      },
      protect: true,
    });
    const settings = {
      'cleanup.policy': 'delete',
      'min.insync.replicas': '2',
      'retention.ms': '604800000',
    };
    expect(configs(first.inputs)).toEqual(settings);
    expect(configs(only('aws:msk/topic:Topic', 'blue-order-placed.dlq').inputs)).toEqual({
      ...settings,
      'compression.type': 'zstd',
      'max.message.bytes': '524288',
    });
  });

  it('lets topics of dev go', async () => {
    const { only } = await topics([SPEC], AWS_SIZES.dev);
    expect(only('aws:msk/topic:Topic').protect).toBe(false);
  });

  it('refuses more partitions than brokers can be upgraded with', () => {
    const specs = Array.from({ length: 100 }, (_, index) => ({ ...SPEC, name: `t-${index}` }));
    expect(() => requirePartitions(AWS_SIZES.dev, specs)).toThrow(
      "topics cannot be made:\n- topics and Kafka's own have 660 partitions on each broker, copies included, and MSK takes 300 on kafka.t3.small: use fewer partitions",
    );
    expect(() => requirePartitions(AWS_SIZES.production, specs)).not.toThrow();
  });

  it('names every topic that would not work', async () => {
    await expect(
      topics([
        { ...SPEC, name: 'a', replicationFactor: 5 },
        { ...SPEC, name: 'b', minInSyncReplicas: 3 },
        { ...SPEC, name: 'c', retention: Duration.days(61) },
      ]),
    ).rejects.toThrow(
      "topics cannot be made:\n- topic 'a' has 5 copies, and there are 3 brokers: use at most 3\n" +
        "- topic 'b' needs 3 of 3 copies, so that the restart of one broker stops writes: use at most 2\n" +
        "- topic 'c' keeps events for 61 days, longer than groups keep their place: use at most 60 days",
    );
  });
});
