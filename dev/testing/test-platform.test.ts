import { App, Duration } from 'cdk8s';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { type Api, answer, consumer, each } from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  DeadLetterProcessor,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import type { TestPlatformOptions } from './test-platform-options.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const defineOrderEvent = (name: string) =>
  defineEvent({
    ...{ type: `com.example.${name}`, topic: name, version: '1.0.0', description: name },
    key: 'id',
    schema: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', minLength: 1, maxLength: 64 } },
    },
  });
const Placed = defineOrderEvent('placed');
const Echoed = defineOrderEvent('echoed');
const [orders, shop] = [
  defineApp({ appId: 'orders', description: 'Takes.', port: 8080, publishes: [Placed] }),
  defineApp({
    ...{ appId: 'shop', description: 'Echoes.', port: 8080 },
    subscribes: [Placed, Echoed],
    publishes: [Echoed],
  }),
];

function shopPlatform(ordersHaveDatabase = true): EventPlatform {
  const environment = Environment.local();
  const platform = new EventPlatform(new App(), 'platform', { environment });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  new EventProducer(platform, 'orders', {
    ...{ manifest: orders, pubSub },
    ...(ordersHaveDatabase && { database }),
  });
  new IdempotentConsumer(platform, 'shop', { manifest: shop, pubSub, database, deadLetters });
  return platform;
}

const routes = (api: Api) =>
  api.put('/orders/:id', {}, async (tx, { params }) => {
    await tx.publish(Placed, { id: params.id! });
    return answer(202, {});
  });
const ignoring = consumer(
  shop,
  each(Placed, () => Promise.resolve()),
  each(Echoed, () => Promise.resolve()),
);
/** Each event causes another one, without end. */
const echoing = consumer(
  shop,
  each(Placed, (tx, { data }) => tx.publish(Echoed, data)),
  each(Echoed, (tx, { data }) => tx.publish(Echoed, data)),
);

const running = new Set<TestPlatform>();
afterEach(async () => {
  await Promise.all([...running].map((platform) => platform.stop()));
  running.clear();
});

/** Starts the platform, which ends with its test. */
async function start(options: Partial<TestPlatformOptions> = {}): Promise<TestPlatform> {
  const platform = await testPlatform(shopPlatform(), {
    url: inject('postgresUrl'),
    apps: { orders: { manifest: orders, routes }, shop: ignoring },
    ...options,
  });
  running.add(platform);
  return platform;
}

describe('audit', () => {
  it('names events that are lost', async () => {
    const platform = await start();
    await platform.request('orders', 'PUT', '/orders/1', { headers: { 'idempotency-key': 'k' } });
    const { waiting } = await platform.audit();
    expect(waiting).toHaveLength(1);
    await platform.query('orders', 'DELETE FROM outbox');
    await platform.settle();
    const [lost] = waiting;
    expect(await platform.audit()).toMatchObject({ handled: 0, lost: [lost], waiting: [] });
  });

  it('names events whose effect is committed twice', async () => {
    const platform = await start();
    await platform.publish(Placed, { id: '1' }, { id: '1' });
    await platform.settle();
    await platform.query('shop', 'DELETE FROM processed_events');
    await platform.publish(Placed, { id: '1' }, { id: '1' });
    await platform.settle();
    expect(await platform.audit()).toMatchObject({
      ...{ handled: 0, lost: [] },
      doubled: ['shop: com.example.placed 1 of /test, 2 times'],
    });
  });
});

describe('settle', () => {
  it('says what goes on when events cause each other without end', async () => {
    const platform = await start({
      apps: { orders: { manifest: orders, routes }, shop: echoing },
      restWithin: Duration.millis(500),
    });
    await platform.publish(Placed, { id: '1' });
    await expect(platform.settle()).rejects.toThrow(
      /does not come to rest within 500 ms: .*\n {2}in the middle .*\n {2}deliveries and requests so far: dead-letter-processor 0, orders 0, shop \d+/,
    );
  });

  it('is all that moves events', async () => {
    const platform = await start();
    await platform.publish(Placed, { id: '1' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await platform.audit()).toMatchObject({ handled: 0, waiting: [expect.any(String)] });
    await platform.settle();
    expect(await platform.audit()).toMatchObject({ handled: 1, waiting: [] });
  });
});

describe('in the middle of a handler', () => {
  /** A consumer whose first handler does something before it commits. */
  const disturbed = (disturb: () => Promise<void> | void) => {
    let calls = 0;
    return consumer(
      shop,
      each(Placed, async (tx, { data }) => {
        await tx.publish(Echoed, data);
        if (calls++ === 0) {
          await disturb();
        }
      }),
      each(Echoed, () => Promise.resolve()),
    );
  };

  it.each([
    ['its process is killed', (platform: TestPlatform) => platform.kill('shop')],
    [
      'its connection breaks',
      (platform: TestPlatform) => platform.withoutDatabase(() => Promise.resolve()),
    ],
  ])('handles an event once, and what it causes, when %s', async (_, disturb) => {
    const platform: TestPlatform = await start({
      apps: { orders: { manifest: orders, routes }, shop: disturbed(() => disturb(platform)) },
    });
    await platform.publish(Placed, { id: '1' });
    await platform.settle();
    await platform.advance(Duration.minutes(1));
    expect(await platform.published(Echoed)).toHaveLength(1);
    expect(await platform.audit()).toMatchObject({
      handled: 2,
      lost: [],
      doubled: [],
      waiting: [],
    });
  });
});

describe('isolation', () => {
  it('keeps two platforms apart, their time as well', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await one.publish(Placed, { id: '1' });
    await one.advance(Duration.hours(1));
    await other.settle();
    expect(await one.audit()).toMatchObject({ handled: 1 });
    expect(await other.audit()).toMatchObject({ handled: 0, lost: [], waiting: [] });
    const now = async (platform: TestPlatform) => {
      const [row] = await platform.query<{ now: Date }>('shop', 'SELECT now()');
      return row!.now.getTime();
    };
    expect((await now(one)) - (await now(other))).toBeGreaterThan(3_500_000);
  });
});

describe('mistakes', () => {
  it('names every app that is missing, unknown, or another', async () => {
    await expect(start({ apps: {}, without: ['orders', 'stock'] })).rejects.toThrow(
      "no app runs: give at least one in 'apps'; app 'shop' is missing: add it to 'apps', or to 'without'; no app 'stock' in the platform: it has dead-letter-processor, orders, shop",
    );
    await expect(start({ apps: { orders: ignoring, shop: ignoring } })).rejects.toThrow(
      "app 'orders' has the manifest of 'shop'",
    );
    const apps = { orders: { manifest: orders, routes }, shop: ignoring };
    await expect(testPlatform(shopPlatform(false), { apps })).rejects.toThrow(
      "app 'orders' has no database in its chart, which the runtime needs: give it one, or name it in 'without'",
    );
  });

  it('lets events wait for apps that do not run', async () => {
    const platform = await start({ apps: { shop: ignoring }, without: ['orders'] });
    await platform.publish(Placed, { id: '1' });
    await platform.settle();
    expect(await platform.audit()).toMatchObject({ handled: 1 });
    await expect(platform.request('orders', 'GET', '/')).rejects.toThrow(
      "no app 'orders' in the platform: it has dead-letter-processor, shop",
    );
  });

  it('refuses an event that is not as its contract says, and one of another platform', async () => {
    const platform = await start();
    await expect(platform.publish(Placed, { id: '' })).rejects.toThrow(
      /id must NOT have fewer than 1 characters/,
    );
    await expect(platform.publish({ ...Placed, topic: 'other' }, { id: '1' })).rejects.toThrow(
      /^no topic 'other' in the platform: it has echoed, /,
    );
    expect(() => platform.faults.set({ duplicates: 2 })).toThrow(
      'duplicates (2) must be between 0 and 1',
    );
    expect(() => platform.faults.set({ duplicates: 1 }, 'stock')).toThrow("no app 'stock'");
  });

  it('refuses a time that is not positive, and everything after its end', async () => {
    const platform = await start();
    await expect(platform.advance({ toMilliseconds: () => -1 })).rejects.toThrow(
      'advance (-1 ms) must be more than 0',
    );
    await platform.stop();
    await platform.stop();
    const stopped = 'the platform is stopped: start another one with testPlatform';
    await expect(platform.settle()).rejects.toThrow(stopped);
    await expect(platform.request('orders', 'GET', '/')).rejects.toThrow(stopped);
    expect(() => platform.kill('shop')).toThrow(stopped);
  });
});
