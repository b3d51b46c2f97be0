import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../core/index.ts';
import { Environment } from '../../platform/index.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import { problemsWithStrimzi } from '../../testing/strimzi-problems.ts';
import { kafkaOf, production, strimzi } from '../../testing/strimzi.ts';
import { KafkaCluster } from '../kafka/index.ts';
import type { IMessageBroker } from '../../messaging/message-broker.ts';
import type { StrimziKafka } from './strimzi-kafka.ts';
import type { StrimziKafkaProps } from './strimzi-props.ts';

describe('nodes', () => {
  it('are brokers and controllers at once locally, and not in production', () => {
    const pools = (test: TestPlatform<StrimziKafka>) =>
      test
        .objects()
        .filter(({ kind }) => kind === 'KafkaNodePool')
        .map(({ metadata, spec }) => [metadata.name, spec.replicas, spec.roles] as unknown);
    expect(pools(strimzi({}, Environment.local()))).toEqual([
      ['kafka-nodes', 1, ['controller', 'broker']],
    ]);
    expect(pools(strimzi())).toEqual([
      ['kafka-controllers', 3, ['controller']],
      ['kafka-brokers', 3, ['broker']],
    ]);
  });

  it('have volumes that stay, half of their memory as heap, and a node each', () => {
    const { spec } = strimzi({ storageClass: 'fast' }).object('KafkaNodePool', 'kafka-brokers');
    expect(spec.storage).toEqual({
      type: 'jbod',
      volumes: [
        {
          id: 0,
          type: 'persistent-claim',
          size: '102400Mi',
          class: 'fast',
          kraftMetadata: 'shared',
          deleteClaim: false,
        },
      ],
    });
    expect(spec.resources).toEqual({
      requests: { cpu: '1', memory: '4096Mi' },
      limits: { memory: '4096Mi' },
    });
    expect(spec.jvmOptions).toEqual({ '-Xms': '2048m', '-Xmx': '2048m' });
    const { pod } = spec.template;
    expect(
      pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0],
    ).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: { 'strimzi.io/pool-name': 'kafka-brokers' } },
    });
  });

  it('meet PodSecurity restricted, as do the programs beside them', () => {
    const test = strimzi();
    const restricted = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    const container = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    for (const pool of ['kafka-brokers', 'kafka-controllers']) {
      const { template } = test.object('KafkaNodePool', pool).spec;
      expect(template.pod.securityContext).toMatchObject(restricted);
      expect(template.kafkaContainer.securityContext).toEqual(container);
      expect(template.initContainer.securityContext).toEqual(container);
    }
    const { entityOperator, kafkaExporter } = kafkaOf(test);
    expect(entityOperator.template).toMatchObject({
      pod: { securityContext: restricted },
      topicOperatorContainer: { securityContext: container },
      userOperatorContainer: { securityContext: container },
    });
    expect(kafkaExporter.template).toMatchObject({
      pod: { securityContext: restricted },
      container: { securityContext: container },
    });
  });

  it('make no topics up, lose nothing, and keep offsets longer than any message', () => {
    expect(kafkaOf(strimzi({ maxMessageSize: Size.mebibytes(2) })).kafka.config).toMatchObject({
      'auto.create.topics.enable': false,
      'unclean.leader.election.enable': false,
      'default.replication.factor': 3,
      'min.insync.replicas': 2,
      'offsets.topic.replication.factor': 3,
      'offsets.retention.minutes': 29 * 24 * 60,
      'message.max.bytes': 2 * 1024 * 1024,
    });
  });

  it('know their zone in production only, where nodes have one', () => {
    const rack = { topologyKey: 'topology.kubernetes.io/zone' };
    expect(kafkaOf(strimzi()).kafka.rack).toEqual(rack);
    expect(kafkaOf(strimzi({}, Environment.local())).kafka.rack).toBeUndefined();
    expect(kafkaOf(strimzi({ zones: false })).kafka.rack).toBeUndefined();
  });
});

describe('topics', () => {
  it('are objects with what a topic says', () => {
    const test = strimzi();
    expect(test.object('KafkaTopic', 'order-placed')).toMatchObject({
      metadata: { labels: { 'strimzi.io/cluster': 'kafka' } },
      spec: {
        partitions: 3,
        replicas: 3,
        config: { 'retention.ms': 604_800_000, 'min.insync.replicas': 2 },
      },
    });
    const { spec } = test.object('KafkaTopic', 'order-placed.order-processor.dlq');
    expect(spec.topicName).toBeUndefined();
    expect(spec.config['retention.ms']).toBe(4 * 604_800_000);
  });

  it('say how messages are kept, and brokers have volumes for them', () => {
    const test = strimzi();
    test.broker.addTopic({
      ...test.broker.topicDefaults,
      name: 'measurements',
      compression: 'zstd',
      maxMessageSize: Size.kibibytes(64),
      throughput: Size.mebibytes(1),
    });
    expect(test.object('KafkaTopic', 'measurements').spec.config).toMatchObject({
      'compression.type': 'zstd',
      'max.message.bytes': 65_536,
    });
    // 1 MiB/s for a week in three copies on three brokers, of whose volumes 70 % are filled.
    const [volume] = test.object('KafkaNodePool', 'kafka-brokers').spec.storage.volumes as [
      { size: string },
    ];
    expect(volume.size).toBe(`${844 * 1024}Mi`);
  });

  it('keep a name that Kubernetes could not have', () => {
    const test = strimzi();
    test.broker.addTopic({ ...test.broker.topicDefaults, name: 'Orders_eu' });
    const named = test.objects().find(({ spec }) => spec?.topicName === 'Orders_eu');
    expect(named?.metadata.name).toMatch(/^orders-eu-[0-9a-f]{10}$/);
  });
});

it('metrics come from the exporter of Strimzi', () => {
  const { broker, ...test } = strimzi();
  expect(broker.lagQuery({ topic: 'a', consumerGroup: 'b' })).toBe(
    'sum((max by (partition) (kafka_consumergroup_lag{job="event-driven/kafka-kafka-exporter",consumergroup="b",topic="a"}) >= 0) or (max by (partition) (kafka_topic_partition_current_offset{job="event-driven/kafka-kafka-exporter",topic="a"}) - max by (partition) (kafka_topic_partition_oldest_offset{job="event-driven/kafka-kafka-exporter",topic="a"})))',
  );
  expect(broker.growthQuery('a', '10m')).toContain('job="event-driven/kafka-kafka-exporter"');
  expect(test.platform).toBeDefined();
  expect(strimzi().object('PodMonitor', 'kafka-kafka-exporter').spec).toMatchObject({
    selector: { matchLabels: { 'strimzi.io/name': 'kafka-kafka-exporter' } },
    podMetricsEndpoints: [{ port: 'tcp-prometheus' }],
  });
});

it('delivers in bulk and keeps order by partitions', () => {
  const { broker }: { broker: IMessageBroker } = strimzi();
  expect(broker.deliversInBulk).toBe(true);
  expect(broker.keyOrderProblem(3)).toBeUndefined();
});

describe('refuses', () => {
  it.each([
    [{ controllers: 4 }, /test\/kafka: controllers \(4\) gives no usable quorum/],
    [{ replicas: 2 }, /test\/kafka: replicationFactor \(3\) exceeds the 2 brokers/],
    [{ name: 'Kafka' }, /test\/kafka: name 'Kafka' is not a DNS label/],
    [
      { offsetsRetention: Duration.days(1) },
      /topic 'order-placed' keeps messages for 7 days, but offsets expire after 1 day/,
    ],
  ] as [StrimziKafkaProps, RegExp][])('%o', (props, message) => {
    expect(() => strimzi(props).objects()).toThrow(DeclarationError);
    expect(() => strimzi(props).objects()).toThrow(message);
  });

  it('a topic twice, and topics whose metrics would have one name', () => {
    const { broker, ...test } = strimzi();
    const topic = (name: string) => ({ ...broker.topicDefaults, name });
    expect(() => {
      broker.addTopic(topic('order-placed'));
    }).toThrow("test/kafka: topic 'order-placed' is declared twice: declare it once");
    broker.addTopic(topic('a.b'));
    broker.addTopic(topic('a_b'));
    expect(broker.node.validate().join()).toMatch(/'a\.b' and 'a_b' differ only by/);
    expect(test.platform).toBeDefined();
  });
});

describe('manifests', () => {
  it.each([
    ['local', Environment.local()],
    ['production', production],
  ])('are as their schemas say: %s', (_name, environment) => {
    expect(problemsWithStrimzi(strimzi({}, environment).objects())).toEqual([]);
  });

  it.each([
    ['local', Environment.local()],
    ['production', production],
  ])('leave apps as they are with a cluster of ours: %s', (_name, environment) => {
    const apps = (broker: 'kafka' | 'strimzi') => {
      const test =
        broker === 'strimzi'
          ? strimzi({}, environment)
          : new TestPlatform<IMessageBroker>(
              environment,
              (platform) => new KafkaCluster(platform, 'kafka'),
            );
      if (broker === 'kafka') {
        test.producer();
        test.consumer();
      }
      return test
        .objects()
        .filter(({ kind }) =>
          ['Deployment', 'Subscription', 'Service', 'Resiliency'].includes(kind),
        )
        .filter(({ metadata: { name } }) => !name.startsWith('kafka'))
        .map((object) =>
          JSON.stringify(object)
            .replace(/"dapr\.io\/env-from-secret":"[^"]*",?/, '')
            // Their sidecars have to connect to other servers.
            .replace(/"event-platform\/sidecar-view":"[^"]*",?/, ''),
        )
        .sort();
    };
    expect(apps('strimzi')).toEqual(apps('kafka'));
  });

  it('render as before', () => {
    const ours = strimzi()
      .objects()
      .filter(
        ({ apiVersion, kind }) => apiVersion === 'kafka.strimzi.io/v1' || kind === 'Component',
      );
    expect(ours).toMatchSnapshot();
  });
});
