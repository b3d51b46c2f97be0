import { App, Duration } from 'cdk8s';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { defineApp, defineCommand } from '@cdk8s-event-platform/contracts';
import { handles, requests, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  DeadLetterProcessor,
  Environment,
  EventApp,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const Charge = defineCommand({
  type: 'com.example.payment.charge',
  version: '1.0.0',
  topic: 'charges',
  key: 'order_id',
  description: 'Asks for money.',
  schema: {
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { type: 'string', maxLength: 64 } },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['charged', 'count'],
      properties: {
        charged: { type: 'boolean' },
        count: { type: 'integer', minimum: 0, maximum: 1000 },
      },
    },
  },
  priorities: ['urgent'],
});
const orders = defineApp({
  ...{ appId: 'orders', description: 'Asks.', port: 8080, serves: true },
  requests: [Charge],
});
const payments = defineApp({
  ...{ appId: 'payments', description: 'Charges.', port: 8080 },
  subscribes: [Charge],
  migrations: [{ name: '0100-charges', sql: 'CREATE TABLE charges (order_id text NOT NULL)' }],
});

const ordersParts: ServiceParts = {
  routes: (api) =>
    api.post('/orders/:order_id', { transaction: 'first-query' }, (_tx, request) =>
      requests.send(
        request.params.order_id === 'urgent' ? Charge.priorities.urgent : Charge,
        { order_id: request.params.order_id! },
        { cause: request, timeout: { seconds: request.params.order_id === 'hasty' ? 0.1 : 5 } },
      ),
    ),
};
const paymentsParts: ServiceParts = {
  on: [
    handles(Charge, async (tx, { data }) => {
      await tx.query('INSERT INTO charges VALUES ($1)', [data.order_id]);
      const { rows } = await tx.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM charges',
      );
      return { charged: data.order_id !== 'poor', count: rows[0]!.count };
    }),
  ],
};

const running: TestPlatform[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((platform) => platform.stop()));
});

async function start(): Promise<TestPlatform> {
  const platform = new EventPlatform(new App(), 'platform', { environment: Environment.local() });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  for (const manifest of [orders, payments]) {
    new EventApp(platform, manifest.appId, { manifest, pubSub, database, deadLetters });
  }
  const started = await testPlatform(platform, {
    url: inject('postgresUrl'),
    apps: {
      orders: { manifest: orders, ...ordersParts },
      payments: { manifest: payments, ...paymentsParts },
    },
  });
  running.push(started);
  return started;
}

const place = (shop: TestPlatform, order: string, key?: string) =>
  shop.request('orders', 'POST', `/orders/${order}`, {
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });

describe('a command in a whole platform', () => {
  it('is answered', async () => {
    const shop = await start();
    const asked = ['a', 'poor', 'urgent'].map((order) => place(shop, order));
    await shop.settle();
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => (body as { charged: boolean }).charged)).toEqual([
      ...[true, false, true],
    ]);
    expect(await shop.audit()).toMatchObject({ handled: 6, lost: [], doubled: [], waiting: [] });
  });

  it.each(['orders', 'payments'])('is carried out once when %s is killed', async (appId) => {
    const shop = await start();
    const asked = place(shop, 'a', 'k-1').catch((error: unknown) => error);
    shop.kill(appId, 'at-commit');
    await shop.advance(Duration.minutes(1));
    const repeated = place(shop, 'a', 'k-1');
    await shop.settle();
    expect(await repeated).toMatchObject({ status: 200, body: { charged: true, count: 1 } });
    await asked;
    expect(await shop.query('payments', 'SELECT order_id FROM charges')).toEqual([
      { order_id: 'a' },
    ]);
    expect(await shop.audit()).toMatchObject({ lost: [], doubled: [], quarantined: [] });
  });

  it('is answered late, and the answer is there when it is sent again', async () => {
    const shop = await start();
    const asked = place(shop, 'hasty', 'k-1');
    shop.kill('payments', 'at-commit');
    await shop.advance(Duration.millis(100));
    expect(await asked).toMatchObject({ status: 504 });
    await shop.advance(Duration.minutes(1));
    expect(
      await shop.query('orders', 'SELECT replied_at > answer_by AS late FROM sent_requests'),
    ).toEqual([{ late: true }]);
    expect(await place(shop, 'hasty', 'k-1')).toMatchObject({ status: 200, body: { count: 1 } });
  });
});
