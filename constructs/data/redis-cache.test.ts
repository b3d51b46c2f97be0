import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { DaprStateStore } from '../dapr/dapr-state-store.ts';
import { StateStoreBackend } from '../dapr/state-store-backend.ts';
import { defineApp } from '../index.ts';
import { EventApp } from '../apps/event-app.ts';
import { SecretValue } from '../security/index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { EvictionPolicy } from './redis-cache-server.ts';
import { RedisCache, type RedisCacheProps } from './redis-cache.ts';

const TaskCache = defineStateStore({
  name: 'task-cache',
  description: 'Tasks.',
  ttl: { minutes: 10 },
  schema: { type: 'string' },
});
const credentials = { name: 'elasticache', keys: { password: SecretValue.external('token') } };
const external = { host: 'cache.example.com', credentials };

function app(test: TestPlatform, appId = 'todo', state = [TaskCache]) {
  if (test.platform.node.tryFindChild('shop') === undefined) {
    // Its component is in the scope of an app.
    test.producer();
  }
  const manifest = defineApp({ appId, description: 'Todo.', port: 8080, serves: true, state });
  return new EventApp(test.platform, appId, { manifest, pubSub: test.pubSub });
}

function withCache(props: RedisCacheProps = {}) {
  const test = new TestPlatform();
  const cache = new RedisCache(test.platform, 'cache', props);
  new DaprStateStore(test.platform, 'task-cache', {
    store: TaskCache,
    backend: StateStoreBackend.redis(cache),
  });
  app(test);
  return test;
}

const metadataOf = (test: TestPlatform) =>
  Object.fromEntries(
    (
      test.object('Component', 'task-cache').spec.metadata as {
        name: string;
        value?: string;
        secretKeyRef?: object;
      }[]
    ).map(({ name, value, secretKeyRef }) => [name, value ?? secretKeyRef]),
  );

describe('a store on a RedisCache', () => {
  it('has the settings of the source, keys that apps share, and sends nothing twice', () => {
    expect(metadataOf(withCache())).toEqual({
      redisHost: 'cache.event-driven.svc.cluster.local:6379',
      enableTLS: 'false',
      redisUsername: { name: 'cache-credentials', key: 'username' },
      redisPassword: { name: 'cache-credentials', key: 'password' },
      poolSize: '50',
      dialTimeout: '10s',
      readTimeout: '5s',
      redisMaxRetries: '-1',
      keyPrefix: 'name',
      ttlInSeconds: '600',
    });
  });

  it('does not keep sidecars from starting while it is down', () => {
    expect(withCache().object('Component', 'task-cache').spec.ignoreErrors).toBe(true);
  });

  it('is seen by the apps that list it, whenever they are declared', () => {
    const test = new TestPlatform();
    app(test, 'before');
    const cache = new RedisCache(test.platform, 'cache');
    new DaprStateStore(test.platform, 'task-cache', {
      store: TaskCache,
      backend: StateStoreBackend.redis(cache),
    });
    app(test, 'after');
    app(test, 'without', []);
    expect(test.object('Component', 'task-cache').scopes).toEqual(['after', 'before']);
    const [rule] = test.object('NetworkPolicy', 'cache').spec.ingress;
    expect(rule.from[0].podSelector.matchExpressions[0].values).toEqual(['after', 'before']);
  });

  it('is refused without an app, and an app without it', () => {
    const unused = new TestPlatform();
    new DaprStateStore(unused.platform, 'task-cache', {
      store: TaskCache,
      backend: StateStoreBackend.redis(new RedisCache(unused.platform, 'cache')),
    });
    expect(() => unused.objects()).toThrow('scopes ([]) has every app load it');
    const missing = new TestPlatform();
    app(missing);
    expect(() => missing.objects()).toThrow(
      "the platform has no state store 'task-cache', which the manifest names: new DaprStateStore(platform, 'task-cache', { store, backend }) [EP2014]",
    );
  });

  it('is refused for an app that has another schema', () => {
    const test = withCache();
    app(test, 'other', [
      defineStateStore({ name: 'task-cache', description: 'Numbers.', schema: { type: 'number' } }),
    ] as never);
    expect(() => test.objects()).toThrow(
      "state store 'task-cache' of the manifest has another schema",
    );
  });

  it('is refused twice, and under another name', () => {
    const test = withCache();
    const backend = StateStoreBackend.redis({ host: 'cache.example.com:6379' });
    expect(
      () => new DaprStateStore(test.platform, 'second', { store: TaskCache, backend }),
    ).toThrow(
      "state store 'task-cache' is there already, as 'test/task-cache': keep one of the two",
    );
    expect(
      () => new DaprStateStore(test.platform, 'third', { store: TaskCache, backend, name: 'x' }),
    ).toThrow("name 'x' is not that of the store, 'task-cache', which apps look for");
  });

  it.each([
    [{ poolSize: 0 }, 'poolSize (0) must be a whole number from 1 to 10000'],
    [{ readTimeout: Duration.millis(0) }, 'readTimeout (0 millis) must be at least 1 ms'],
    [{ poolsize: 3 }, "'poolsize' is not known: did you mean 'poolSize'?"],
  ])('refuses %o', (options, problem) => {
    const test = new TestPlatform();
    const cache = new RedisCache(test.platform, 'cache');
    expect(() => StateStoreBackend.redis(cache, options as object)).toThrow(problem);
  });
});

describe('a RedisCache in the cluster', () => {
  it('keeps nothing on a disk, and forgets what was not used when it is full', () => {
    const test = withCache({ memory: Size.mebibytes(100), name: 'valkey' });
    const { template, volumeClaimTemplates, replicas } = test.object('StatefulSet', 'valkey').spec;
    const [server, exporter] = template.spec.containers;
    expect([replicas, volumeClaimTemplates]).toEqual([1, undefined]);
    expect(server.command[2]).toContain('maxmemory 75mb\nmaxmemory-policy allkeys-lru\n');
    expect(server.resources.limits).toEqual({ memory: '100Mi' });
    expect(exporter.name).toBe('exporter');
    expect(template.spec.securityContext.runAsNonRoot).toBe(true);
  });

  it('may refuse what it has no room for', () => {
    const test = withCache({ evictionPolicy: EvictionPolicy.NONE });
    const { template } = test.object('StatefulSet', 'cache').spec;
    expect(template.spec.containers[0].command[2]).toContain('maxmemory-policy noeviction\n');
  });

  it('declares its passwords', () => {
    const secret = withCache().platform.secrets.find(({ name }) => name === 'cache-credentials');
    expect(secret!.keys).toMatchObject({
      username: { value: 'state' },
      password: { kind: 'random' },
      'exporter-password': { kind: 'random' },
      'tools-password': { kind: 'random' },
    });
  });

  it.each([
    [{ memory: Size.mebibytes(8) }, 'memory (8192 KiB) must be at least 32 MiB'],
    [{ name: 'My_Cache' }, "name 'My_Cache' is not a DNS label"],
    [{ evictionPolicy: 'random' }, "evictionPolicy ('random') must be 'allkeys-lru'"],
    [{ external: { host: 'redis://x' } }, "host 'redis://x' is not the name"],
  ])('refuses %o', (props, problem) => {
    const test = new TestPlatform();
    expect(() => new RedisCache(test.platform, 'c', props as RedisCacheProps)).toThrow(problem);
  });
});

describe('in production', () => {
  const production = () => new TestPlatform(inProduction({ postgres: { host: 'db.example.com' } }));

  it('a cache is outside, with TLS', () => {
    const test = production();
    const cache = RedisCache.external(test.platform, 'cache', external);
    new DaprStateStore(test.platform, 'task-cache', {
      store: TaskCache,
      backend: StateStoreBackend.redis(cache),
    });
    app(test);
    expect(metadataOf(test)).toMatchObject({
      redisHost: 'cache.example.com:6379',
      enableTLS: 'true',
      redisPassword: { name: 'elasticache', key: 'password' },
    });
    expect(test.platform.secrets).toContain(credentials);
  });

  it('one in the cluster, or without TLS, is refused', () => {
    const test = production();
    expect(() => new RedisCache(test.platform, 'cache')).toThrow('use one outside');
    expect(() => RedisCache.external(test.platform, 'c', { ...external, tls: false })).toThrow(
      "tls is off for 'cache.example.com'",
    );
  });
});
