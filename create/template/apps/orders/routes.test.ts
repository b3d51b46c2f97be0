import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderPlaced } from '../../events/order-placed.ts';
import { manifest } from './manifest.ts';
import { routes } from './routes.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest]);
  app = new TestApp({ manifest, routes }, database);
});
afterAll(() => database.drop());

test('an order is accepted and published', async () => {
  const { status, body } = await app.request('POST', '/orders', { body: { customer_id: 'c-1' } });
  expect(status).toBe(202);
  const { order_id } = body as { order_id: string };
  expect(await app.published(OrderPlaced)).toMatchObject([
    { data: { order_id, customer_id: 'c-1' } },
  ]);
});

test('an order without a customer is refused', async () => {
  expect((await app.request('POST', '/orders', { body: {} })).status).toBe(400);
});
