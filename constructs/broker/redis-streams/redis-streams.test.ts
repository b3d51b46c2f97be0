import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { AppendFsync, Environment, RedisStreams, type RedisStreamsProps } from '../../index.ts';
import { OrderPlaced, inProduction, shop, TestPlatform } from '../../testing/fixtures.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function platform(environment = Environment.local(), props: RedisStreamsProps = {}) {
  return new TestPlatform(environment, (scope) => new RedisStreams(scope, 'redis', props));
}

function withApps(environment = Environment.local(), props: RedisStreamsProps = {}) {
  const test = platform(environment, props);
  test.producer();
  test.consumer();
  return test;
}

/** Settings of the rendered `redis.conf`. */
function settings(test: TestPlatform<RedisStreams>): Record<string, string> {
  const text = test.object('ConfigMap', 'redis-config').data['redis.conf'] as string;
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

/** Settings of the Dapr component. */
function component(test: TestPlatform<RedisStreams>): Record<string, string> {
  const { metadata } = test.object('Component', 'pubsub').spec;
  return Object.fromEntries(
    (metadata as { name: string; value?: string; envRef?: string }[]).map((entry) => [
      entry.name,
      entry.value ?? `$${entry.envRef}`,
    ]),
  );
}

describe('RedisStreams', () => {
  it('is one server locally, which has everything on its disk and evicts nothing', () => {
    const test = platform();
    const { spec } = test.object('StatefulSet', 'redis');
    expect(spec.replicas).toBe(1);
    expect(spec.template.spec.containers.map(({ name }: { name: string }) => name)).toEqual([
      'redis',
      'trimming',
      'exporter',
    ]);
    expect(settings(test)).toEqual({
      port: '6379',
      'protected-mode': 'no',
      dir: '/data',
      appendonly: 'yes',
      appendfsync: 'always',
      save: '""',
      maxmemory: '512mb',
      'maxmemory-policy': 'noeviction',
      'proto-max-bulk-len': '1048576',
      'tcp-keepalive': '30',
    });
    expect(test.platform.secrets.map(({ name }) => name)).toEqual(['postgres-credentials']);
  });

  it('is three servers with Sentinel in production, of which two have to be there', () => {
    const test = platform(production);
    const { spec } = test.object('StatefulSet', 'redis');
    expect(spec.replicas).toBe(3);
    expect(spec.template.spec.containers.map(({ name }: { name: string }) => name)).toEqual([
      'redis',
      'sentinel',
      'trimming',
      'exporter',
    ]);
    expect(settings(test)).toMatchObject({
      maxmemory: '2048mb',
      'min-replicas-to-write': '1',
      'min-replicas-max-lag': '10',
    });
    const { data } = test.object('ConfigMap', 'redis-config');
    expect(data['sentinel.conf']).toContain('sentinel down-after-milliseconds redis 30000\n');
    expect(data['start-sentinel.sh']).toContain(
      'redis-0.redis-headless.event-driven.svc.cluster.local} 6379 2',
    );
    expect(test.object('PodDisruptionBudget', 'redis').spec.maxUnavailable).toBe(1);
  });

  it('runs its pods without rights, on a root file system that cannot be written', () => {
    const pod = platform(production).object('StatefulSet', 'redis').spec.template.spec;
    expect(pod.securityContext).toMatchObject({ runAsUser: 999, fsGroup: 999, runAsNonRoot: true });
    for (const container of pod.containers) {
      expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
      expect(container.livenessProbe).toBeUndefined();
      expect(container.resources.limits.memory).toBeDefined();
    }
  });

  it('takes other choices', () => {
    const test = platform(Environment.local(), {
      name: 'streams',
      appendFsync: AppendFsync.EVERY_SECOND,
      redeliverAfter: Duration.minutes(2),
      concurrency: 8,
    });
    test.producer();
    expect(test.object('ConfigMap', 'streams-config').data['redis.conf']).toContain(
      'appendfsync everysec\n',
    );
    expect(component(test)).toMatchObject({
      redisHost: 'streams.event-driven.svc.cluster.local:6379',
      processingTimeout: '120000',
      concurrency: '8',
    });
  });

  it('delivers again what a dead pod had, and takes lost connections for lost', () => {
    const test = platform();
    test.producer();
    const found = component(test);
    expect(found).toMatchObject({
      redisHost: 'redis.event-driven.svc.cluster.local:6379',
      redisType: 'node',
      consumerID: '{appID}',
      queueDepth: '100',
      processingTimeout: '60000',
      readTimeout: '30s',
    });
    // Dapr passes over a value with a unit, and 0 would end redelivery.
    expect(found.redeliverInterval).toMatch(/^[1-9]\d*$/);
    expect(found.failover).toBeUndefined();
    expect(found.redisPassword).toBeUndefined();
    // Trimming by these would be the same for all streams.
    expect(found.streamTTL).toBeUndefined();
    expect(found.maxLenApprox).toBeUndefined();
  });

  it('has sidecars ask all Sentinels, and log in with their own account', () => {
    const test = withApps(production);
    expect(component(test)).toMatchObject({
      redisHost: [0, 1, 2]
        .map((pod) => `redis-${pod}.redis-headless.event-driven.svc.cluster.local:26379`)
        .join(','),
      failover: 'true',
      sentinelMasterName: 'redis',
      redisUsername: '$BROKER_USERNAME',
      redisPassword: '$BROKER_PASSWORD',
    });
    const { annotations } = test.object('Deployment', 'shop').spec.template.metadata;
    expect(annotations['dapr.io/env-from-secret']).toContain(
      'BROKER_PASSWORD=shop-broker:password',
    );
    expect(test.platform.secrets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'keda-broker',
        'order-processor-broker',
        'redis-admin-broker',
        'redis-exporter-broker',
        'shop-broker',
      ]),
    );
  });

  it('makes groups before the first consumer starts, which begin with the first event', () => {
    const [container] = withApps().object('Job', 'redis-topics').spec.template.spec.containers;
    expect(container.command).toEqual(['/bin/sh', '-ec']);
    const script = withApps().script('redis-topics');
    expect(script).toContain('ensure_group order-placed order-processor\n');
    expect(script).toContain('xgroup create "$1" "$2" "${3:-0}" mkstream');
  });

  it('has a place for dead letters that nobody collects, and keeps them longer', () => {
    const script = withApps().script('redis-topics');
    const stream = 'order-placed.order-processor.dlq';
    expect(script).toContain(`ensure_stream ${stream}\n`);
    expect(script).not.toContain(`ensure_group ${stream}`);
    const day = 24 * 60 * 60 * 1000;
    expect(script).toContain(
      `hset event-platform:retention order-placed ${7 * day} ${stream} ${28 * day} >`,
    );
  });

  it('scales on what was not read yet, and stays while something is not acknowledged', () => {
    const trigger = (environment: Environment) =>
      withApps(environment).object('ScaledObject', 'order-processor').spec.triggers[0] as object;
    expect(trigger(Environment.local())).toEqual({
      type: 'redis-streams',
      metadata: {
        address: 'redis.event-driven.svc.cluster.local:6379',
        stream: 'order-placed',
        consumerGroup: 'order-processor',
        lagCount: '100',
        activationLagCount: '0',
      },
      metricType: 'AverageValue',
    });
    const [lag, pending] = withApps().object('ScaledObject', 'order-processor').spec.triggers;
    const { lagCount, ...same } = lag.metadata;
    expect(pending.metadata).toEqual({ ...same, pendingEntriesCount: lagCount });
    expect(trigger(production)).toMatchObject({
      type: 'redis-sentinel-streams',
      metadata: { sentinelMaster: 'redis' },
      authenticationRef: { name: 'redis-keda' },
    });
    expect(
      withApps(production).object('TriggerAuthentication', 'redis-keda').spec.secretTargetRef,
    ).toEqual([
      { parameter: 'username', name: 'keda-broker', key: 'username' },
      { parameter: 'password', name: 'keda-broker', key: 'password' },
    ]);
  });

  it('asks for what waits and what was added, one series each', () => {
    const { broker } = platform();
    expect(broker.lagQuery({ topic: 't', consumerGroup: 'g' })).toBe(
      'max(redis_stream_group_lag{job="event-driven/redis",stream="t",group="g"} + redis_stream_group_messages_pending{job="event-driven/redis",stream="t",group="g"})',
    );
    expect(broker.growthQuery('t', '10m')).toBe(
      'max(increase(redis_stream_entries_added_total{job="event-driven/redis",stream="t"}[10m]))',
    );
  });

  it('admits its clients, KEDA and Prometheus, and nobody else', () => {
    const { ingress } = withApps(production).object('NetworkPolicy', 'redis').spec;
    const ports = (...numbers: number[]) => numbers.map((port) => ({ port, protocol: 'TCP' }));
    const namespace = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    });
    const pods = (...values: string[]) => ({
      podSelector: {
        matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values }],
      },
    });
    expect(ingress).toEqual([
      { from: [pods('redis')], ports: ports(6379, 26_379) },
      { from: [namespace('keda')], ports: ports(6379, 26_379) },
      { from: [namespace('monitoring')], ports: ports(9121) },
      { from: [pods('order-processor', 'redis-topics', 'shop')], ports: ports(6379, 26_379) },
    ]);
  });

  it('refuses contracts that need an order', () => {
    const test = platform();
    const Ordered = defineEvent({ ...OrderPlaced, type: 'com.example.ordered', ordered: true });
    const appId = 'order-processor';
    const image = { description: 'Needs an order.', port: 8080 };
    test.producer({ ...shop, publishes: [Ordered] });
    expect(() => test.consumer({}, defineApp({ ...image, appId, subscribes: [Ordered] }))).toThrow(
      /needs the order of its key 'customer_id', and Redis Streams hands out events in parallel.*use a KafkaCluster/,
    );
  });

  it('refuses a topic twice, and a name that is none', () => {
    const { broker } = platform();
    broker.addTopic({ name: 'a', ...broker.topicDefaults });
    expect(() => broker.addTopic({ name: 'a', ...broker.topicDefaults })).toThrow(
      /test\/redis: topic 'a' is declared twice/,
    );
    expect(() => platform(Environment.local(), { name: 'Redis' })).toThrow(
      /name 'Redis' is not a DNS label/,
    );
  });

  it('renders as before', () => {
    const test = withApps(production);
    expect(
      test.objects().filter(({ metadata }) => metadata.name.startsWith('redis')),
    ).toMatchSnapshot();
  });
});
