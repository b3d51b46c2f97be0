import { sideEffect } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { manifest, StockLow, stockParts } from './stock.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('tells each system once, in its own words', async () => {
  const targets = [
    { name: 'chat', url: 'https://chat.example', format: 'slack' },
    { name: 'orders', url: 'https://orders.example', format: 'json' },
  ] as const;
  const app = new TestApp({ manifest, ...stockParts({ targets, secret: '' }) }, database);
  const data = { item: 'milk', left: 2 };
  await app.deliver(StockLow, data, { id: '1' });
  await app.deliver(StockLow, data, { id: '1' });
  const messages = (name: string) => app.scheduled(sideEffect(name, () => Promise.resolve()));
  expect(await messages('chat')).toEqual([{ text: '2 of milk left' }]);
  expect(await messages('orders')).toMatchObject([{ id: '1', type: StockLow.type, data }]);
});
