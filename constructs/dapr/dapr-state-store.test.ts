import { describe, expect, it } from 'vitest';
import { SecretValue } from '../security/index.ts';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { DaprStateStore } from './dapr-state-store.ts';
import { StateStoreBackend } from './state-store-backend.ts';

const credentials = { name: 'redis-credentials', keys: { password: SecretValue.random() } };
const host = 'redis.example.com:6379';

function store(test: TestPlatform, backend = StateStoreBackend.postgres(test.database)) {
  return new DaprStateStore(test.platform, 'statestore', { backend });
}

describe('DaprStateStore', () => {
  it('is seen by the apps that have a grant, each once, and no other', () => {
    const test = new TestPlatform();
    const statestore = store(test);
    const [shop, processor] = [test.producer(), test.consumer()];
    statestore.grantAccess(shop);
    statestore.grantAccess(shop);
    expect(test.object('Component', 'statestore').scopes).toEqual(['shop']);
    statestore.grantAccess(processor);
    expect(test.object('Component', 'statestore').scopes).toEqual(['order-processor', 'shop']);
  });

  it('lets those apps into the database', () => {
    const test = new TestPlatform();
    store(test).grantAccess(test.producer());
    const [rule] = test.object('NetworkPolicy', 'postgres').spec.ingress;
    expect(rule.from[0].podSelector.matchExpressions[0].values).toEqual([
      'postgres-migrations',
      'shop',
    ]);
  });

  it('refers to the connection string and holds no password', () => {
    const test = new TestPlatform();
    store(test).grantAccess(test.producer());
    const { metadata } = test.object('Component', 'statestore').spec;
    expect(metadata).toContainEqual({
      name: 'connectionString',
      secretKeyRef: { name: 'postgres-state-store', key: 'connection-string' },
    });
    const secret = test.platform.secrets.find(({ name }) => name === 'postgres-state-store');
    expect(secret!.keys).toMatchObject({
      username: { value: 'event_platform.state_store' },
      'connection-string': { kind: 'template' },
    });
  });

  it('refuses to be open to everybody', () => {
    const test = new TestPlatform();
    store(test);
    expect(() => test.objects()).toThrow(
      'test/statestore/component: scopes ([]) has every app load it: have an app use it, such as by a producer, a consumer or grantAccess, or do not declare it',
    );
  });

  it('refuses a password in the clear in production, and only there', () => {
    const redis = StateStoreBackend.redis({ host, credentials });
    expect(() =>
      store(new TestPlatform(inProduction({ postgres: { host: 'db.example.com' } })), redis),
    ).toThrow(
      'test/statestore: the password of Redis would cross the network in the clear in production: set tls',
    );
    expect(() => store(new TestPlatform(), redis)).not.toThrow();
  });

  it.each([
    { host, credentials, tls: true },
    { host, tls: false },
  ])('has nothing against TLS, or a server without a password, in production: %o', (options) => {
    const test = new TestPlatform(inProduction({ postgres: { host: 'db.example.com' } }));
    store(test, StateStoreBackend.redis(options)).grantAccess(test.producer());
    expect(() => test.objects()).not.toThrow();
  });

  it('declares the Secret of Redis, which two stores may share', () => {
    const test = new TestPlatform();
    const backend = StateStoreBackend.redis({ host, credentials });
    const shop = test.producer();
    store(test, backend).grantAccess(shop);
    new DaprStateStore(test.platform, 'cache', { backend }).grantAccess(shop);
    expect(test.platform.secrets).toContain(credentials);
    expect(() => test.objects()).not.toThrow();
  });

  it('refuses a name that is none', () => {
    const test = new TestPlatform();
    const backend = StateStoreBackend.postgres(test.database);
    expect(
      () => new DaprStateStore(test.platform, 'state', { backend, name: 'State_Store' }),
    ).toThrow("test/state: name 'State_Store' is not a DNS label: use a-z, 0-9 and '-'");
  });

  it.each(['redis://redis.example.com:6379', 'me@redis:6379', 'redis.example.com/0:6379', ':6379'])(
    'refuses the host %j of Redis',
    (address) => {
      expect(() => StateStoreBackend.redis({ host: address })).toThrow(
        `host '${address}' of Redis is not the name or the address of a host: leave scheme, login, port and path out`,
      );
    },
  );

  it.each(['redis.example.com', 'redis.example.com:0', 'redis.example.com:70000'])(
    'refuses %j, which has no port',
    (address) => {
      expect(() => StateStoreBackend.redis({ host: address })).toThrow('has no TCP port');
    },
  );
});
