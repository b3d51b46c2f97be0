import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifest, parts, picking } from './app.ts';
import { OrderConfirmed, OrderPlaced } from './events.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest]);
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

test('stock is added by a request', async () => {
  const answer = await app.request('PUT', '/stock/lamp', { body: { n: 2 } });
  expect(answer).toMatchObject({ status: 202, body: { item: 'lamp' } });
  const { status } = await app.request('PUT', '/stock/lamp', { body: { n: 0 } });
  expect(status).toBe(400);
});

test('an order is confirmed once, however often it is delivered', async () => {
  const order = { order_id: 'o-1', item: 'lamp' };
  const first = await app.deliver(OrderPlaced, order, { id: '1' });
  const second = await app.deliver(OrderPlaced, order, { id: '1' });
  expect([first.outcome, second.outcome]).toEqual(['processed', 'duplicate']);
  expect(await app.published(OrderConfirmed)).toMatchObject([{ data: order, causationid: '1' }]);
  expect(await app.scheduled(picking)).toEqual([{ item: 'lamp' }]);
  const { rows } = await database.pool.query('SELECT n FROM stock');
  expect(rows).toEqual([{ n: 1 }]);
});

test('an order of what is sold out goes to the quarantine', async () => {
  expect(await app.deliver(OrderPlaced, { order_id: 'o-2', item: 'moon' })).toEqual({
    outcome: 'quarantined',
    problem: 'handler: Error: moon is sold out',
  });
});
