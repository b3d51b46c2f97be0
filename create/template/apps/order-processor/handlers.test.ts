import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderPlaced } from '../../events/order-placed.ts';
import { parts } from './handlers.ts';
import { manifest } from './manifest.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest]);
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

test('an order counts once, however often it is delivered', async () => {
  const data = { order_id: 'o-1', customer_id: 'c-1' };
  const first = await app.deliver(OrderPlaced, data, { id: '1' });
  const second = await app.deliver(OrderPlaced, data, { id: '1' });
  expect([first.outcome, second.outcome]).toEqual(['processed', 'duplicate']);
  const { rows } = await database.pool.query('SELECT * FROM customer_orders');
  expect(rows).toEqual([{ customer_id: 'c-1', count: 1 }]);
});
