import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  DaprStateStore,
  Environment,
  EventProducer,
  type EventProducerProps,
  type IdempotentConsumerProps,
  NatsJetStream,
  StateStoreBackend,
  TraceEndpoint,
} from '../index.ts';
import { shop, TestPlatform } from '../testing/fixtures.ts';

function rendered(props: Partial<IdempotentConsumerProps> = {}, maxMessageSize?: Size) {
  const test = new TestPlatform(undefined, maxMessageSize && { maxMessageSize });
  test.producer();
  test.consumer(props);
  const { env } = test.object('Deployment', 'order-processor').spec.template.spec.containers[0] as {
    env: { name: string; value?: string }[];
  };
  return {
    bulk: test.object('Subscription', 'order-processor-order-placed').spec.bulkSubscribe as unknown,
    env: (name: string) => env.find((variable) => variable.name === name)?.value,
  };
}

describe('deliveries', () => {
  it('are of as many events as the memory holds, up to a hundred', () => {
    const bulk = { enabled: true, maxAwaitDurationMs: 20 };
    expect(rendered().bulk).toEqual({ ...bulk, maxMessagesCount: 64 });
    expect(rendered({}, Size.kibibytes(256)).bulk).toEqual({ ...bulk, maxMessagesCount: 100 });
    const size = { cpuRequest: '1', memoryRequest: Size.mebibytes(64) };
    expect(rendered({ size }).bulk).toEqual({ ...bulk, maxMessagesCount: 8 });
  });

  it('are as they are asked for', () => {
    expect(rendered({ bulk: { maxEvents: 10, maxWait: Duration.millis(5) } }).bulk).toEqual({
      enabled: true,
      maxMessagesCount: 10,
      maxAwaitDurationMs: 5,
    });
    expect(() => rendered({ bulk: false })).toThrow('use bulk: { maxEvents: 1 } for one by one');
  });

  it('may be one by one where the broker hands out nothing else', () => {
    const onNats = (bulk: NonNullable<IdempotentConsumerProps['bulk']>) =>
      new TestPlatform(undefined, (platform) => new NatsJetStream(platform, 'nats')).consumer({
        bulk,
      });
    expect(() => onNats({ maxEvents: 1 })).not.toThrow();
    expect(() => onNats({ maxEvents: 10 })).toThrow('one event at a time would have each wait');
  });

  it.each([
    [
      { maxEvents: 65 },
      'bulk.maxEvents (65) of at most 1024 KiB each may fill more than an eighth of the memory limit (512 MiB): use at most 64, a memory limit of 520 MiB, or a smaller maxMessageSize of the broker',
    ],
    [{ maxEvents: 0 }, 'bulk.maxEvents (0) is not a number of events: use 1 or more'],
    [{ maxWait: Duration.millis(0) }, 'bulk.maxWait (0 millis) is too short: use 1 ms or more'],
  ])('are refused when they cannot be: %o', (bulk, message) => {
    expect(() => new TestPlatform().consumer({ bulk })).toThrow(`test/order-processor: ${message}`);
  });
});

describe('the inbox', () => {
  it('remembers events for as long as any may be redelivered', () => {
    expect(rendered().env('INBOX_DAYS')).toBe('36');
    const test = new TestPlatform(undefined, { retention: Duration.days(10) });
    test.producer();
    test.consumer();
    expect(test.database.inboxRetention.toDays()).toBe(51);
  });

  it('begins a new run through the log where it is told to', () => {
    expect(rendered().env('CONSUMER_EPOCH')).toBeUndefined();
    expect(rendered({ epoch: 3 }).env('CONSUMER_EPOCH')).toBe('3');
    expect(() => rendered({ epoch: -1 })).toThrow(
      'epoch (-1) is not a number of a run through the log: use a whole number from 0 to 1000000',
    );
  });
});

describe('a producer with a database', () => {
  const withMigration = {
    ...shop,
    migrations: [{ name: '0400-carts', sql: 'CREATE TABLE carts ();' }],
  };

  function producer(props: Partial<EventProducerProps> = {}): TestPlatform {
    const test = new TestPlatform();
    const { platform, pubSub } = test;
    new EventProducer(platform, 'shop', { manifest: withMigration, pubSub, ...props });
    return test;
  }

  it('has its login, its tables and an alert on its outbox', () => {
    const test = new TestPlatform();
    const { platform, pubSub, database } = test;
    new EventProducer(platform, 'shop', { manifest: withMigration, pubSub, database });
    const [container] = test.object('Deployment', 'shop').spec.template.spec.containers;
    expect(JSON.stringify(container.env)).toContain('PGPASSWORD');
    expect(test.object('ConfigMap', 'postgres-migrations').data).toHaveProperty(['0400-carts.sql']);
    const [rule] = test.object('PrometheusRule', 'shop-alerts').spec.groups[0].rules;
    expect([rule.alert, rule.expr]).toEqual([
      'OutboxStuck',
      'max(outbox_age_seconds{job="event-driven/shop"}) > 60',
    ]);
  });

  it('is refused when its tables have no place', () => {
    expect(() => producer()).toThrow(
      "test/shop: app manifest 'shop' has migrations, and there is no database to apply them to: give it one, as the property 'database'",
    );
  });
});

describe('an app', () => {
  const ports = (test: TestPlatform, name: string) =>
    (test.object('NetworkPolicy', name).spec.egress as { ports: { port: number }[] }[]).flatMap(
      (rule) => rule.ports.map(({ port }) => port),
    );

  it('may connect to what its effects call, and to where traces go', () => {
    const traces = TraceEndpoint.zipkin('http://zipkin.tracing:9411/api/v2/spans');
    const test = new TestPlatform(Environment.local({ traces }));
    test.producer();
    test.consumer({ egress: [{ ports: [443] }] });
    expect(ports(test, 'order-processor')).toEqual(expect.arrayContaining([443, 9411]));
    expect(ports(test, 'shop')).toContain(9411);
    expect(ports(test, 'shop')).not.toContain(443);
  });

  it('may connect to the store that it keeps state in, once', () => {
    const test = new TestPlatform();
    const { platform, database } = test;
    const store = (id: string, backend: StateStoreBackend) =>
      new DaprStateStore(platform, id, { backend });
    const producer = test.producer();
    const consumer = test.consumer();
    const postgres = store('one', StateStoreBackend.postgres(database));
    postgres.grantAccess(producer);
    postgres.grantAccess(consumer);
    store('two', StateStoreBackend.redis({ host: 'redis:6380' })).grantAccess(producer);
    expect(ports(test, 'shop').filter((port) => port === 5432)).toHaveLength(1);
    expect(ports(test, 'shop')).toContain(6380);
    expect(ports(test, 'order-processor').filter((port) => port === 5432)).toHaveLength(1);
    expect(ports(test, 'order-processor')).not.toContain(6380);
    expect(() => StateStoreBackend.redis({ host: 'redis' })).toThrow(
      "host 'redis' of Redis has no TCP port: use host:port, e.g. 'redis:6379'",
    );
  });
});
