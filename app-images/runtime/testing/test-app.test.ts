import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { answer, batch, consumer, each, sideEffect } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { contractOf } from '../../testing/plain-events.ts';

const Ordered = contractOf('ordered');
const Confirmed = contractOf('confirmed');
const Other = contractOf('other');
const receipt = sideEffect<{ to: string }>('receipt', () => Promise.resolve());
const manifest = defineApp({
  appId: 'orders',
  description: 'Takes and confirms orders.',
  port: 8080,
  publishes: [Confirmed],
  subscribes: [Ordered],
  migrations: [{ name: '0100-orders', sql: 'CREATE TABLE orders (key text, n int NOT NULL)' }],
});
const onOrdered = each(Ordered, async (tx, event) => {
  const { key, n = null, text } = event.data as { key: string; n?: number; text?: string };
  if (text === 'sold out') {
    throw new Error(text);
  }
  if (text === 'locked') {
    throw Object.assign(new Error(text), { code: '40P01' });
  }
  await tx.query('INSERT INTO orders VALUES ($1, $2)', [key, n]);
  await tx.publish(Confirmed, { key });
  await tx.schedule(receipt, [{ event, payload: { to: key } }]);
});

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp(
    {
      manifest,
      on: [onOrdered, receipt],
      routes: (api) => {
        api.post('/orders/:key', { body: { type: 'object' } }, async (tx, { params, id }) => {
          await tx.publish(Confirmed, { key: params.key! });
          return answer(202, { id }, { location: '/there' });
        });
        api.delete('/orders', {}, () => Promise.resolve());
      },
    },
    database,
  );
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query('TRUNCATE orders, outbox, effects, quarantine, processed_events'),
);

async function orders(): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ n: number }>('SELECT n FROM orders ORDER BY n');
  return rows.map(({ n }) => n);
}

describe('deliver', () => {
  it('has the effect of an event once', async () => {
    const order = { key: 'a', n: 1 };
    expect(await app.deliver(Ordered, order, { id: '1' })).toEqual({ outcome: 'processed' });
    expect(await app.deliver(Ordered, order, { id: '1' })).toEqual({ outcome: 'duplicate' });
    expect(await orders()).toEqual([1]);
    expect(await app.published(Confirmed)).toMatchObject([
      { source: '/orders', causationid: '1', data: { key: 'a' } },
    ]);
    expect(await app.scheduled(receipt)).toEqual([{ to: 'a' }]);
  });

  it('delivers another event each time', async () => {
    await app.deliver(Ordered, { key: 'a', n: 1 });
    await app.deliver(Ordered, { key: 'a', n: 2 });
    expect(await orders()).toEqual([1, 2]);
  });

  it('says why an event is in the quarantine, and which ones wait behind it', async () => {
    expect(await app.deliver(Ordered, { key: 'a', n: 1, text: 'sold out' })).toEqual({
      outcome: 'quarantined',
      problem: 'handler: Error: sold out',
    });
    expect(await app.deliver(Ordered, { key: 'a', n: 2 })).toEqual({
      outcome: 'parked',
      problem: 'parked: an earlier event of its key is in the quarantine',
    });
    expect(await app.deliver(Ordered, { key: 'b' })).toEqual({
      outcome: 'quarantined',
      problem: expect.stringMatching(
        /^data: error: null value in column "n" of relation "orders" violates not-null/,
      ) as string,
    });
    expect(await app.deliver(Ordered, { key: 'c', n: 'x' })).toEqual({
      outcome: 'quarantined',
      problem: expect.stringMatching(/^contract: .*data\/n must be number/) as string,
    });
    expect([await orders(), await app.published(Confirmed)]).toEqual([[], []]);
  });

  it('tells of an event that the sidecar delivers again', async () => {
    expect(await app.deliver(Ordered, { key: 'a', n: 1, text: 'locked' })).toEqual({
      outcome: 'retried',
      problem: 'SQLSTATE 40P01',
    });
  });

  it('refuses a contract that the app does not subscribe to', async () => {
    await expect(app.deliver(Other, { key: 'a' })).rejects.toThrow(
      "orders does not subscribe to 'com.example.other': add it to 'subscribes' of its manifest",
    );
  });
});

describe('deliverAll', () => {
  it('delivers in bulk, and tells of each event', async () => {
    const sizes: number[] = [];
    const bulk = new TestApp(
      consumer(
        manifest,
        batch(Ordered, (_tx, events) => {
          sizes.push(events.length);
          return Promise.resolve();
        }),
      ),
      database,
    );
    const deliveries = await bulk.deliverAll(Ordered, [
      { id: '1', data: { key: 'a' } },
      { id: '1', data: { key: 'a' } },
      { id: '2', data: { key: 'b', n: 'x' } },
      { id: '3', data: { key: 'c' } },
    ]);
    expect(deliveries.map(({ outcome }) => outcome)).toEqual([
      'processed',
      'duplicate',
      'quarantined',
      'processed',
    ]);
    expect(sizes).toEqual([2]);
  });
});

describe('request', () => {
  it('answers with what the route answers, and publishes', async () => {
    const headers = { 'idempotency-key': 'k' };
    const first = await app.request('POST', '/orders/a', { body: {}, headers });
    expect(first).toMatchObject({
      status: 202,
      headers: { location: '/there' },
      body: { id: 'k' },
    });
    const again = await app.request('POST', '/orders/a', { body: {}, headers });
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([{ id: 'k' }, 'true']);
    expect(await app.published(Confirmed)).toMatchObject([{ data: { key: 'a' } }]);
  });

  it('returns no body for an empty answer', async () => {
    const { status, ...rest } = await app.request('DELETE', '/orders');
    expect(status).toBe(204);
    expect(rest).not.toHaveProperty('body');
  });

  it('reads problems', async () => {
    expect(await app.request('GET', '/nowhere')).toMatchObject({
      status: 404,
      body: { detail: 'no route GET /nowhere' },
    });
  });
});
