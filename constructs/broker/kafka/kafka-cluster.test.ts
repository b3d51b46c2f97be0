import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import { inProduction, TestPlatform } from '../../testing/fixtures.ts';
import type { KafkaClusterProps } from './kafka-cluster-props.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

/** Properties of the rendered `server.properties`. */
function properties(test: TestPlatform): Record<string, string> {
  const text = test.object('ConfigMap', 'kafka-config').data['server.properties'] as string;
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('KafkaCluster', () => {
  it('is one node with one copy locally', () => {
    const test = new TestPlatform();
    expect(test.object('StatefulSet', 'kafka').spec.replicas).toBe(1);
    expect(properties(test)).toMatchObject({
      'process.roles': 'broker,controller',
      'controller.quorum.voters': '0@kafka-0.kafka-headless.event-driven.svc.cluster.local:9093',
      'default.replication.factor': '1',
      'min.insync.replicas': '1',
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'auto.create.topics.enable': 'false',
      'num.partitions': '3',
      'log.retention.ms': '604800000',
      'log.dirs': '/var/lib/kafka/data/logs',
    });
  });

  it('is three nodes with three copies in production, two of which confirm', () => {
    const test = new TestPlatform(production);
    const { spec } = test.object('StatefulSet', 'kafka');
    expect(spec.replicas).toBe(3);
    expect(spec.podManagementPolicy).toBe('Parallel');
    expect(properties(test)).toMatchObject({
      'process.roles': 'broker',
      'controller.quorum.voters': [0, 1, 2]
        .map(
          (id) =>
            `${1000 + id}@kafka-controller-${id}.kafka-controller-headless.event-driven.svc.cluster.local:9093`,
        )
        .join(','),
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
    });
    const { affinity } = spec.template.spec;
    expect(
      affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey,
    ).toBe('kubernetes.io/hostname');
    expect(test.object('PodDisruptionBudget', 'kafka').spec.maxUnavailable).toBe(1);
  });

  it('keeps its pods apart from what would break them', () => {
    const { template, serviceName } = new TestPlatform().object('StatefulSet', 'kafka').spec;
    expect(serviceName).toBe('kafka-headless');
    expect(template.spec.enableServiceLinks).toBe(false);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(120);
    expect(template.spec.securityContext).toMatchObject({ runAsUser: 1000, fsGroup: 1000 });
    const [container] = template.spec.containers;
    expect(container.livenessProbe).toBeUndefined();
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(container.env[0].valueFrom.fieldRef.fieldPath).toBe(
      "metadata.labels['apps.kubernetes.io/pod-index']",
    );
    const headless = new TestPlatform().object('Service', 'kafka-headless').spec;
    expect(headless).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });

  it('restarts its pods when its configuration changes', () => {
    const hash = (props: KafkaClusterProps) =>
      new TestPlatform(Environment.local(), props).object('StatefulSet', 'kafka').spec.template
        .metadata.annotations['event-platform/config-hash'] as string;
    expect(hash({})).toBe(hash({}));
    expect(hash({})).not.toBe(hash({ maxMessageSize: Size.mebibytes(2) }));
  });

  it('derives an identity that stays, or takes the one given', () => {
    const identity = (test: TestPlatform) =>
      (
        test.object('StatefulSet', 'kafka').spec.template.spec.containers[0].env as {
          name: string;
          value?: string;
        }[]
      ).find(({ name }) => name === 'CLUSTER_ID')?.value;
    expect(identity(new TestPlatform())).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(identity(new TestPlatform())).toBe(identity(new TestPlatform()));
    const given = 'MkU3OEVBNTcwNTJENDM2Qg';
    expect(identity(new TestPlatform(Environment.local(), { clusterId: given }))).toBe(given);
  });

  it('keeps offsets longer than the longest retention', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    // The dead letters are kept for 28 days, and a day more.
    expect(properties(test)['offsets.retention.minutes']).toBe(String(29 * 24 * 60));
  });

  it('admits its clients and KEDA, and nobody else', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const { ingress } = test.object('NetworkPolicy', 'kafka').spec;
    expect(ingress.slice(1)).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'keda' } } }],
        ports: [{ port: 9092, protocol: 'TCP' }],
      },
      {
        from: [
          {
            podSelector: {
              matchExpressions: [
                {
                  key: 'app.kubernetes.io/name',
                  operator: 'In',
                  values: ['kafka-exporter', 'kafka-topics', 'order-processor', 'shop'],
                },
              ],
            },
          },
        ],
        ports: [{ port: 9092, protocol: 'TCP' }],
      },
    ]);
  });

  it.each([
    [{ replicas: 2 }, /test\/kafka: replicas \(2\) gives no usable quorum.*odd number of 3/],
    [
      { replicationFactor: 3 },
      /test\/kafka: replicationFactor \(3\) exceeds the 1 broker: use at most 1/,
    ],
    [{ replicas: 3, replicationFactor: 3, minInSyncReplicas: 4 }, /\(4\) exceeds.*never be|use 2/],
    [
      { replicas: 3, replicationFactor: 3, minInSyncReplicas: 3 },
      /\(3\) equals the replication factor: the restart of one broker would stop writes; use 2/,
    ],
    [{ clusterId: 'short' }, /clusterId 'short' is not 16 bytes.*random-uuid/],
    [{ name: 'Kafka' }, /name 'Kafka' is not a DNS label/],
  ] as [KafkaClusterProps, RegExp][])('refuses %o', (props, message) => {
    expect(() => new TestPlatform(Environment.local(), props)).toThrow(message);
  });

  it('refuses a topic twice', () => {
    const { broker } = new TestPlatform();
    broker.addTopic({ name: 'a', ...broker.topicDefaults });
    expect(() => broker.addTopic({ name: 'a', ...broker.topicDefaults })).toThrow(
      /test\/kafka: topic 'a' is declared twice/,
    );
  });

  it('refuses offsets that expire before messages do', () => {
    const test = new TestPlatform(Environment.local(), { offsetsRetention: Duration.days(1) });
    test.broker.addTopic({ name: 'a', ...test.broker.topicDefaults });
    expect(() => test.objects()).toThrow(
      /topic 'a' keeps messages for 7 days, but offsets expire after 1 day.*raise offsetsRetention/,
    );
  });
});
