import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { Environment } from '../../platform/index.ts';
import {
  type AnyManifest,
  OrderPlaced,
  orderProcessor,
  inProduction,
  shop,
  TestPlatform,
} from '../../testing/fixtures.ts';
import { RabbitMqCluster } from './rabbitmq-cluster.ts';
import type { RabbitMqClusterProps } from './rabbitmq-cluster-props.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function platform(
  environment = Environment.local(),
  props: RabbitMqClusterProps = {},
): TestPlatform<RabbitMqCluster> {
  const test = new TestPlatform(
    environment,
    (scope) => new RabbitMqCluster(scope, 'rabbitmq', props),
  );
  test.producer();
  return test;
}

function config(test: TestPlatform<RabbitMqCluster>): Record<string, string> {
  const text = test.object('ConfigMap', 'rabbitmq-config').data['rabbitmq.conf'] as string;
  const lines = text.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' = ', 2) as [string, string]));
}

function settings(test: TestPlatform<RabbitMqCluster>): Record<string, string> {
  const metadata = test.object('Component', 'pubsub').spec.metadata as Record<string, string>[];
  return Object.fromEntries(
    metadata.map(({ name, value, envRef }): [string, string] => [
      name!,
      envRef === undefined ? value! : `$${envRef}`,
    ]),
  );
}

function script(test: TestPlatform<RabbitMqCluster>): string {
  return test.script('rabbitmq-provisioning');
}

const Ordered = defineEvent({ ...OrderPlaced, ordered: true });
const orderedShop = defineApp({ ...shop, publishes: [Ordered] });
const orderedProcessor = defineApp({ ...orderProcessor, subscribes: [Ordered] });

describe('RabbitMqCluster', () => {
  it('is one server without accounts locally', () => {
    const test = platform();
    test.consumer();
    expect(test.object('StatefulSet', 'rabbitmq').spec.replicas).toBe(1);
    expect(config(test)).toMatchObject({ loopback_users: 'none' });
    expect(Object.keys(config(test)).filter((key) => key.startsWith('cluster'))).toEqual([]);
    expect(
      test.platform.secrets.filter(({ name }) => !/postgres|sidecar-token/.test(name)),
    ).toEqual([]);
    const { annotations } = test.object('Deployment', 'shop').spec.template.metadata;
    expect(annotations['dapr.io/env-from-secret']).toBeUndefined();
    expect(settings(test)).not.toHaveProperty('username');
  });

  it('is three servers in production, found by their names, with an account for each client', () => {
    const test = platform(production);
    test.consumer();
    const { spec } = test.object('StatefulSet', 'rabbitmq');
    expect(spec.replicas).toBe(3);
    const found = config(test);
    expect(found).toMatchObject({
      'cluster_formation.peer_discovery_backend': 'classic_config',
      cluster_partition_handling: 'pause_minority',
      queue_leader_locator: 'balanced',
    });
    expect(found).not.toHaveProperty('loopback_users');
    expect([1, 2, 3].map((n) => found[`cluster_formation.classic_config.nodes.${n}`])).toEqual(
      [0, 1, 2].map((n) => `rabbit@rabbitmq-${n}.rabbitmq-headless.event-driven.svc.cluster.local`),
    );
    const [container] = spec.template.spec.containers;
    expect(container.env).toContainEqual({
      name: 'RABBITMQ_NODENAME',
      value: 'rabbit@$(POD_NAME).rabbitmq-headless.event-driven.svc.cluster.local',
    });
    expect(test.platform.secrets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'keda-broker',
        'order-processor-broker',
        'rabbitmq-cookie',
        'rabbitmq-provisioning-broker',
        'shop-broker',
      ]),
    );
    expect(settings(test)).toMatchObject({
      username: '$BROKER_USERNAME',
      password: '$BROKER_PASSWORD',
    });
    expect(test.object('TriggerAuthentication', 'rabbitmq-keda').spec.secretTargetRef).toEqual(
      ['username', 'password'].map((key) => ({ parameter: key, name: 'keda-broker', key })),
    );
  });

  it('keeps messages whatever happens: durable, confirmed, acknowledged, oldest first', () => {
    const test = platform();
    test.consumer();
    expect(settings(test)).toMatchObject({
      hostname: 'rabbitmq.event-driven.svc.cluster.local:5672',
      durable: 'true',
      deletedWhenUnused: 'false',
      deliveryMode: '2',
      publisherConfirm: 'true',
      autoAck: 'false',
      requeueInFailure: 'true',
      enableDeadLetter: 'false',
      concurrencyMode: 'parallel',
      prefetchCount: '50',
    });
  });

  it('has a queue for each consumer, and one for dead letters that nobody collects', () => {
    const test = platform();
    test.consumer();
    expect(test.broker.queues).toEqual([
      {
        name: 'order-placed.order-processor.dlq',
        topic: 'order-placed.order-processor.dlq',
        arguments: { 'x-queue-type': 'quorum' },
        ttl: 28 * 24 * 3600 * 1000,
      },
      {
        name: 'order-processor-order-placed',
        topic: 'order-placed',
        arguments: { 'x-queue-type': 'quorum' },
      },
      {
        name: 'publish-proof',
        topic: 'publish-proof',
        arguments: { 'x-queue-type': 'classic', 'x-max-length': 1 },
      },
    ]);
  });

  it('keeps a topic without consumers for its retention, and no longer than RabbitMQ can', () => {
    const ttl = (retention: Duration) =>
      platform(Environment.local(), { retention }).broker.queues.find(
        ({ name }) => name === 'order-placed',
      )?.ttl;
    expect(ttl(Duration.hours(1))).toBe(3_600_000);
    expect(ttl(Duration.days(60))).toBe(2 ** 32 - 1);
  });

  it('has one pod process one event at a time where an order is to be kept', () => {
    const inOrder = new TestPlatform(
      Environment.local(),
      (scope) => new RabbitMqCluster(scope, 'rabbitmq', { inOrder: true }),
    );
    inOrder.producer(orderedShop);
    inOrder.consumer({}, orderedProcessor);
    expect(settings(inOrder)).toMatchObject({ concurrencyMode: 'single', prefetchCount: '1' });
    const queue = 'order-processor-order-placed';
    expect(inOrder.broker.queues.find(({ name }) => name === queue)?.arguments).toEqual({
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
    });
    expect(
      inOrder.object('Subscription', 'order-processor-order-placed').spec.bulkSubscribe,
    ).toBeUndefined();

    const parallel = new TestPlatform(
      Environment.local(),
      (scope) => new RabbitMqCluster(scope, 'rabbitmq'),
    );
    parallel.producer(orderedShop);
    expect(() => parallel.consumer({}, orderedProcessor)).toThrow(
      "test/order-processor: event 'com.example.order.placed' needs the order of its key 'customer_id', and RabbitMQ hands out the next events before the first is done: set inOrder of the RabbitMqCluster, which has one pod of a group process one event at a time",
    );
  });

  it('lets producers, and no others, prove what they have published', () => {
    const test = platform();
    test.consumer();
    const { publishingScopes, allowedTopics, subscriptionScopes } = settings(test);
    expect(publishingScopes).toBe(
      'order-processor=order-placed.order-processor.dlq;shop=order-placed,publish-proof',
    );
    expect(allowedTopics).toBe('order-placed,order-placed.order-processor.dlq,publish-proof');
    expect(subscriptionScopes).toBe('order-processor=order-placed;shop=');
  });

  it('has KEDA count what is in hand, too, by its own account', () => {
    const trigger = (environment: Environment) => {
      const test = platform(environment);
      test.consumer();
      return test.object('ScaledObject', 'order-processor').spec.triggers[0] as unknown;
    };
    const metadata = {
      protocol: 'http',
      queueName: 'order-processor-order-placed',
      mode: 'QueueLength',
      value: '100',
      activationValue: '0',
    };
    const host = 'rabbitmq.event-driven.svc.cluster.local:15672';
    expect(trigger(Environment.local())).toEqual({
      type: 'rabbitmq',
      metricType: 'AverageValue',
      metadata: { ...metadata, host: `http://guest:guest@${host}` },
    });
    expect(trigger(production)).toEqual({
      type: 'rabbitmq',
      metricType: 'AverageValue',
      metadata: { ...metadata, host: `http://${host}` },
      authenticationRef: { name: 'rabbitmq-keda' },
    });
  });

  it('asks Prometheus for what the rules name', () => {
    const { broker } = platform();
    expect(broker.lagQuery({ topic: 't', consumerGroup: 'app' })).toBe(
      'max(rabbitmq_detailed_queue_messages{job="event-driven/rabbitmq",queue="app-t"})',
    );
    const counter =
      'rabbitmq_detailed_channel_messages_published_total{job="event-driven/rabbitmq",exchange="t"}';
    expect(broker.growthQuery('t', '10m')).toBe(
      `sum(((${counter} unless ${counter} offset 10m) and on () (sum(up{job="event-driven/rabbitmq"} offset 10m) > 0)) or increase(${counter}[10m]))`,
    );
  });

  it('admits its clients, the Job, KEDA, Prometheus and its servers, each to its port', () => {
    const test = platform(production);
    test.consumer();
    const rules = test.object('NetworkPolicy', 'rabbitmq').spec.ingress as AnyManifest[];
    expect(
      rules.map(({ from, ports }): unknown[] => [
        from[0].podSelector?.matchExpressions[0].values ??
          from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'],
        ports.map(({ port }: { port: number }) => port),
      ]),
    ).toEqual([
      [['order-processor', 'shop'], [5672]],
      [['rabbitmq-provisioning'], [15_672]],
      ['keda', [15_672]],
      ['monitoring', [15_692]],
      [['rabbitmq'], [4369, 25_672]],
    ]);
  });

  it('takes larger messages than get through a sidecar', () => {
    const most = (props: RabbitMqClusterProps) =>
      Number(config(platform(Environment.local(), props)).max_message_size) / 2 ** 20;
    expect(most({})).toBe(16);
    expect(most({ maxMessageSize: Size.mebibytes(128) })).toBe(512);
  });

  it('refuses a topic twice, and a topic that it cannot have, behind its path', () => {
    const test = platform();
    const { broker } = test;
    broker.addTopic({ name: 'a', ...broker.topicDefaults });
    expect(() => broker.addTopic({ name: 'a', ...broker.topicDefaults })).toThrow(
      "test/rabbitmq: topic 'a' is declared twice: declare it once",
    );
    broker.addTopic({ name: 'amq.b', ...broker.topicDefaults });
    expect(() => test.objects()).toThrow(
      "test/rabbitmq: topic 'amq.b' has a name that RabbitMQ keeps for itself: rename it",
    );
  });

  it('gives each account its password by the environment, and none by the script', () => {
    const test = platform(production);
    const { env } = test.object('Job', 'rabbitmq-provisioning').spec.template.spec.containers[0];
    const secrets = (env as AnyManifest[]).map(({ name, valueFrom }): unknown[] => [
      name,
      valueFrom.secretKeyRef.name,
    ]);
    expect(secrets).toEqual([
      ['BROKER_USERNAME', 'rabbitmq-provisioning-broker'],
      ['BROKER_PASSWORD', 'rabbitmq-provisioning-broker'],
      ['PASSWORD_0', 'shop-broker'],
      ['PASSWORD_1', 'keda-broker'],
    ]);
    expect(script(test)).toContain('account shop "$PASSWORD_0" \'\'\n');
    expect(script(test)).toContain('account keda "$PASSWORD_1" \'management\'\n');
  });

  it('renders as before', () => {
    const test = platform(production);
    test.consumer();
    expect(
      test.objects().filter(({ metadata }) => metadata.name.startsWith('rabbitmq')),
    ).toMatchSnapshot();
  });
});
