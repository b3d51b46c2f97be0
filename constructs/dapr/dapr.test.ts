import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { Environment, TraceEndpoint } from '../platform/index.ts';
import {
  OrderPlaced,
  orderProcessor,
  inProduction,
  shop,
  TestPlatform,
} from '../testing/fixtures.ts';
import { longestRetention } from '../messaging/topic-policies.ts';
import { DaprStateStore } from './dapr-state-store.ts';
import { StateStoreBackend } from './state-store-backend.ts';
import { DaprSubscription } from './dapr-subscription.ts';
import { retryProblems } from './retry-policy.ts';

const OrderCancelled = defineEvent({
  ...OrderPlaced,
  schema: {
    type: 'object',
    required: ['customer_id'],
    properties: { customer_id: { type: 'string', maxLength: 64 } },
  },
  type: 'com.example.order.cancelled',
});

/** Values of a Component's settings. */
function settings(test: TestPlatform, name: string): Record<string, string | undefined> {
  return Object.fromEntries(
    (test.object('Component', name).spec.metadata as { name: string; value?: string }[]).map(
      (entry) => [entry.name, entry.value],
    ),
  );
}

describe('DaprPubSub', () => {
  it('connects each app as a group of its own, from the oldest event on', () => {
    const test = new TestPlatform();
    test.producer();
    expect(settings(test, 'pubsub')).toMatchObject({
      brokers: 'kafka.event-driven.svc.cluster.local:9092',
      authType: 'none',
      consumerGroup: '{appID}',
      initialOffset: 'oldest',
      maxMessageBytes: '1048576',
    });
    const { spec } = test.object('Component', 'pubsub');
    expect([spec.type, spec.version]).toEqual(['pubsub.kafka', 'v1']);
  });

  it('lists every app with just its topics, and its dead letters', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    expect(settings(test, 'pubsub')).toMatchObject({
      publishingScopes: 'order-processor=order-placed.order-processor.dlq;shop=order-placed',
      subscriptionScopes: 'order-processor=order-placed;shop=',
      allowedTopics: 'order-placed,order-placed.order-processor.dlq',
      protectedTopics: 'order-placed,order-placed.order-processor.dlq',
    });
    expect(test.object('Component', 'pubsub').scopes).toEqual(['order-processor', 'shop']);
  });

  it('has topic and dead letters provisioned', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    expect(
      test.broker.topics.map(({ name, partitions, retention }) => [
        name,
        partitions,
        longestRetention(retention).toDays(),
      ]),
    ).toEqual([
      ['order-placed', 3, 7],
      ['order-placed.order-processor.dlq', 3, 28],
    ]);
  });

  it('refuses a topic that nobody publishes to', () => {
    const test = new TestPlatform();
    test.consumer();
    expect(() => test.objects()).toThrow(
      /test\/pubsub: topic 'order-placed' is received by order-processor, and nothing publishes to it: declare an EventProducer whose manifest lists 'com\.example\.order\.placed'/,
    );
  });

  it('refuses a topic twice, and a contract that is none', () => {
    const { pubSub } = new TestPlatform();
    pubSub.addTopic(OrderPlaced);
    expect(() => pubSub.addTopic(OrderPlaced)).toThrow(
      /test\/pubsub: topic 'order-placed' is declared already: call addTopic once/,
    );
    expect(() => pubSub.addTopic({ ...OrderPlaced, type: 'x', topic: 'y' })).toThrow(
      /test\/pubsub: event contract 'x': type 'x' is not reverse-DNS/,
    );
  });
});

describe('DaprSubscription', () => {
  it('is of version v2alpha1, with scopes where Dapr looks for them', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const subscription = test.object('Subscription', 'order-processor-order-placed');
    expect(subscription.apiVersion).toBe('dapr.io/v2alpha1');
    expect(subscription.scopes).toEqual(['order-processor']);
    expect(subscription.spec).toEqual({
      pubsubname: 'pubsub',
      topic: 'order-placed',
      deadLetterTopic: 'order-placed.order-processor.dlq',
      bulkSubscribe: { enabled: true, maxMessagesCount: 64, maxAwaitDurationMs: 20 },
      routes: {
        default: '/topics/order-placed/undeclared',
        rules: [
          {
            match: 'event.type == "com.example.order.placed"',
            path: '/events/com.example.order.placed',
          },
        ],
      },
      metadata: { queueType: 'quorum' },
    });
  });

  it('acknowledges what its topic carries and the app does not handle', () => {
    const test = new TestPlatform();
    test.producer(defineApp({ ...shop, publishes: [OrderPlaced, OrderCancelled] }));
    test.consumer();
    expect(test.object('Subscription', 'order-processor-order-placed').spec.routes.rules).toEqual([
      { match: 'event.type == "com.example.order.cancelled"', path: '/events/ignored' },
      {
        match: 'event.type == "com.example.order.placed"',
        path: '/events/com.example.order.placed',
      },
    ]);
  });

  it('refuses contracts of several topics', () => {
    const test = new TestPlatform();
    const app = test.consumer();
    const contracts = [OrderPlaced, { ...OrderCancelled, topic: 'other' }];
    const { platform, pubSub } = test;
    expect(() => new DaprSubscription(platform, 'sub', { app, pubSub, contracts })).toThrow(
      /test\/sub: contracts of 2 topics in one subscription: give the contracts of one topic/,
    );
  });
});

describe('DaprResiliency', () => {
  it('retries deliveries of one app, without a circuit breaker', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ retries: { maxRetries: 4, maxInterval: Duration.seconds(30) } });
    const { scopes, spec } = test.object('Resiliency', 'order-processor-resiliency');
    expect(scopes).toEqual(['order-processor']);
    expect(spec.policies.retries.deliver).toEqual({
      policy: 'exponential',
      maxInterval: '30s',
      maxRetries: 4,
    });
    expect(spec.policies.circuitBreakers).toBeUndefined();
    expect(spec.targets.components.pubsub.inbound).toEqual({ retry: 'deliver' });
    const producer = test.object('Resiliency', 'shop-resiliency').spec;
    expect(producer.targets.components.pubsub).toEqual({
      outbound: { retry: 'publish', timeout: 'publish' },
    });
  });

  it.each([
    [-1, /maxRetries \(-1\) retries for ever.*use 1 or more/],
    [0, /maxRetries \(0\) sends an event to the dead letters on its first failure/],
    [1.5, /maxRetries \(1\.5\)/],
  ])('refuses %d retries', (maxRetries, message) => {
    const retries = { maxRetries, maxInterval: Duration.seconds(1) };
    expect(retryProblems(retries).join()).toMatch(message);
    expect(() => new TestPlatform().consumer({ retries })).toThrow(
      /test\/order-processor: retries\.maxRetries/,
    );
  });
});

describe('DaprConfiguration', () => {
  it('samples traces as the environment says, and refuses invocation', () => {
    const test = new TestPlatform(
      Environment.local({ traces: TraceEndpoint.zipkin('http://zipkin:9411/api/v2/spans') }),
    );
    test.producer();
    const { spec } = test.object('Configuration', 'event-platform');
    expect(spec.tracing).toEqual({
      samplingRate: '1',
      zipkin: { endpointAddress: 'http://zipkin:9411/api/v2/spans' },
    });
    expect(spec.accessControl.defaultAction).toBe('deny');
    expect(spec.mtls).toBeUndefined();
  });
});

describe('DaprStateStore', () => {
  it('keeps state in PostgreSQL under the names of the platform', () => {
    const test = new TestPlatform();
    const store = new DaprStateStore(test.platform, 'statestore', {
      backend: StateStoreBackend.postgres(test.database),
    });
    test.producer();
    store.grantAccess(test.consumer());
    const { scopes, spec } = test.object('Component', 'statestore');
    expect(scopes).toEqual(['order-processor']);
    expect(spec).toEqual({
      type: 'state.postgresql',
      version: 'v2',
      metadata: [
        {
          name: 'connectionString',
          secretKeyRef: { name: 'postgres-state-store', key: 'connection-string' },
        },
        { name: 'tablePrefix', value: 'state_store.dapr_' },
        { name: 'metadataTableName', value: 'state_store.dapr_metadata' },
      ],
    });
  });

  it('keeps state in Redis, whose password it refers to', () => {
    const test = new TestPlatform();
    const store = new DaprStateStore(test.platform, 'cache', {
      backend: StateStoreBackend.redis({
        host: 'redis.example.com:6379',
        tls: true,
        credentials: { name: 'redis-credentials', keys: { password: { kind: 'random' } } },
      }),
    });
    store.grantAccess(test.producer());
    expect(test.object('Component', 'cache').spec).toEqual({
      type: 'state.redis',
      version: 'v1',
      metadata: [
        { name: 'redisHost', value: 'redis.example.com:6379' },
        { name: 'enableTLS', value: 'true' },
        { name: 'redisPassword', secretKeyRef: { name: 'redis-credentials', key: 'password' } },
        { name: 'poolSize', value: '50' },
        { name: 'dialTimeout', value: '10s' },
        { name: 'readTimeout', value: '5s' },
        { name: 'redisMaxRetries', value: '-1' },
      ],
    });
    expect(test.platform.secrets.map(({ name }) => name)).toContain('redis-credentials');
  });

  it('refuses a password in the clear in production, and a store for everybody', () => {
    const test = new TestPlatform(inProduction());
    const credentials = { name: 'redis', keys: {} };
    expect(
      () =>
        new DaprStateStore(test.platform, 'a', {
          backend: StateStoreBackend.redis({ host: 'redis:6379', credentials }),
        }),
    ).toThrow(/test\/a: the password of Redis would cross the network in the clear.*set tls/);
    new DaprStateStore(test.platform, 'b', {
      backend: StateStoreBackend.postgres(test.database),
    });
    expect(() => test.objects()).toThrow(
      /test\/b\/component: scopes \(\[\]\) has every app load it.*grantAccess/,
    );
  });
});

it('an app whose Configuration is not declared is refused', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer({ configuration: 'another' });
  expect(() => test.objects()).toThrow(
    /test\/order-processor\/app: Dapr Configuration 'another' is not declared.*new DaprConfiguration\(platform, 'another'\)/,
  );
});

it('an image that both publishes and subscribes may do both', () => {
  const test = new TestPlatform();
  test.producer();
  const cancelled = { ...OrderCancelled, topic: 'order-cancelled' };
  test.consumer({}, defineApp({ ...orderProcessor, publishes: [cancelled] }));
  expect(settings(test, 'pubsub').publishingScopes).toBe(
    'order-processor=order-cancelled,order-placed.order-processor.dlq;shop=order-placed',
  );
});
