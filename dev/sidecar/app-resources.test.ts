import { describe, expect, it } from 'vitest';
import { EventTools, renderObjects } from '../../constructs/index.ts';
import { OrderPlaced, TestPlatform } from '../../constructs/testing/fixtures.ts';
import { topicsOf } from '../topics.ts';
import { appResources, appsWithSidecar } from './app-resources.ts';
import type { RenderedManifest, ResiliencyManifest } from './rendered.ts';
import { deliveryPolicy, milliseconds } from './resiliency.ts';
import { Routes } from './routes.ts';
import { TopicScopes } from './topic-scopes.ts';

function rendered() {
  const test = new TestPlatform();
  test.pubSub.addTopic(OrderPlaced, { partitions: 5 });
  test.producer();
  test.consumer();
  return renderObjects(test.platform);
}

const objects = rendered().map(({ manifest }) => manifest as RenderedManifest);

describe('appResources', () => {
  it('reads health, drain, tokens, group and subscriptions from what is rendered', () => {
    const resources = appResources(objects, 'order-processor');
    expect(resources).toMatchObject({
      appPort: 8080,
      health: { path: '/readyz', interval: 1_000, timeout: 500, threshold: 2 },
      tokens: { api: 'order-processor-sidecar-token', app: 'order-processor-sidecar-token' },
      maxBodyBytes: 4 * 1024 * 1024,
    });
    const pubSub = resources.pubSubs.get('pubsub')!;
    expect(pubSub).toMatchObject({
      ...{ type: 'pubsub.kafka', consumerGroup: 'order-processor', newest: false },
      maxMessageBytes: 1024 * 1024,
    });
    expect([...pubSub.deliveries.waits()]).toHaveLength(9);
    expect(resources.subscriptions.map(({ topic }) => topic)).toEqual(['order-placed']);
  });

  it('gives an app no subscription of another one', () => {
    expect(appResources(objects, 'shop').subscriptions).toEqual([]);
  });

  it('names the apps when it has no such app', () => {
    expect(appsWithSidecar(objects)).toEqual(['shop', 'order-processor']);
    expect(() => appResources(objects, 'other')).toThrow(
      "no Deployment has a sidecar of app id 'other': use one of shop, order-processor",
    );
  });
});

it('runs no tools of operators', () => {
  const test = new TestPlatform();
  test.producer();
  new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub });
  const manifests = renderObjects(test.platform).map(({ manifest }) => manifest);
  expect(appsWithSidecar(manifests as RenderedManifest[])).toEqual(['shop']);
});

describe('topicsOf', () => {
  it('has every topic with its partitions, dead letters among them', () => {
    expect([...topicsOf(rendered())]).toEqual([
      ['order-placed', 5],
      ['order-placed.order-processor.dlq', 5],
    ]);
  });
});

describe('TopicScopes', () => {
  const scopes = (settings: Readonly<Record<string, string>>, appId = 'app') =>
    new TopicScopes(new Map(Object.entries(settings)), appId);

  it.each([
    [{}, true],
    [{ allowedTopics: 'a,b' }, true],
    [{ allowedTopics: 'b' }, false],
    [{ protectedTopics: 'a' }, false],
    [{ publishingScopes: 'app=a,b;other=' }, true],
    [{ publishingScopes: 'app=b' }, false],
    [{ publishingScopes: 'app=' }, false],
    [{ publishingScopes: 'other=b' }, true],
    [{ publishingScopes: 'other=b', protectedTopics: 'a' }, false],
    [{ publishingScopes: 'app = a', protectedTopics: 'a', allowedTopics: 'a' }, true],
    [{ publishingScopes: 'app=a', allowedTopics: 'b' }, false],
  ])('%o: may publish to topic a: %s', (settings, expected) => {
    expect(scopes(settings as Record<string, string>).mayPublish('a')).toBe(expected);
  });

  it('tells publishing from subscribing', () => {
    const own = scopes({ subscriptionScopes: 'app=a', protectedTopics: 'a' });
    expect([own.mayReceive('a'), own.mayPublish('a')]).toEqual([true, false]);
  });
});

describe('Routes', () => {
  it('finds the path of a type, or the default', () => {
    const rules = [{ match: 'event.type == "a.b"', path: '/a' }];
    const routes = new Routes({ rules, default: '/rest' }, 'topic');
    expect([{ type: 'a.b' }, { type: 'c' }, {}].map((event) => routes.pathOf(event))).toEqual([
      '/a',
      '/rest',
      undefined,
    ]);
  });

  it('refuses other expressions', () => {
    const rules = [{ match: 'event.data.n > 3', path: '/a' }];
    expect(() => new Routes({ rules }, 'orders')).toThrow(
      "rule 'event.data.n > 3' of the subscription to 'orders' is not supported",
    );
  });
});

describe('deliveryPolicy', () => {
  const resiliency = (inbound: object): ResiliencyManifest => ({
    ...{ kind: 'Resiliency', metadata: { name: 'own' } },
    spec: {
      policies: {
        timeouts: { slow: '1m30s' },
        retries: {
          apart: { policy: 'constant', duration: '1500ms', maxRetries: 2 },
          longer: { policy: 'exponential', maxInterval: '1s', maxRetries: 5 },
        },
      },
      targets: { components: { pubsub: { inbound } } },
    },
  });

  it('has constant waits, growing ones up to the longest, and a timeout', () => {
    const constant = deliveryPolicy([resiliency({ retry: 'apart', timeout: 'slow' })], 'pubsub');
    expect([[...constant.waits()], constant.timeout]).toEqual([[1_500, 1_500], 90_000]);
    const waits = [...deliveryPolicy([resiliency({ retry: 'longer' })], 'pubsub').waits()];
    [500, 750, 1_000, 1_000, 1_000].forEach((wait, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(wait / 2);
      expect(waits[index]).toBeLessThanOrEqual(wait * 1.5);
    });
  });

  it('has no retries where none are declared', () => {
    expect([...deliveryPolicy([resiliency({ retry: 'apart' })], 'other').waits()]).toEqual([]);
  });

  it('refuses circuit breakers and durations that are not ones', () => {
    const breaking = [resiliency({ circuitBreaker: 'any' })];
    expect(() => deliveryPolicy(breaking, 'pubsub')).toThrow(/'own' has a circuit breaker/);
    expect(() => milliseconds('10')).toThrow("'10' is not a duration");
  });
});
