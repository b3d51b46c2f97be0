import { defineApp } from '@cdk8s-event-platform/contracts';
import { answer, each, type ServiceParts, sideEffect } from '@cdk8s-event-platform/runtime';
import { OrderConfirmed, OrderPlaced } from './events.ts';

export const manifest = defineApp({
  appId: 'stock',
  description: 'Confirms orders of what is in stock.',
  port: 8080,
  subscribes: [OrderPlaced],
  publishes: [OrderConfirmed],
  migrations: [{ name: '0100-stock', sql: 'CREATE TABLE stock (item text PRIMARY KEY, n int)' }],
});

export const picking = sideEffect<{ item: string }>('picking', async ({ payload }) => {
  await fetch('http://robots.example.com/pick', { method: 'POST', body: JSON.stringify(payload) });
});

/** `main.ts` has `startService(manifest, parts)`. */
export const parts: ServiceParts = {
  routes: (api) => {
    const AddStock = {
      type: 'object',
      required: ['n'],
      properties: { n: { type: 'integer', minimum: 1, maximum: 1000 } },
    } as const;
    api.put('/stock/:item', { body: AddStock }, async (tx, { params, body }) => {
      await tx.query(
        `INSERT INTO stock VALUES ($1, $2)
         ON CONFLICT (item) DO UPDATE SET n = stock.n + excluded.n`,
        [params.item, body.n],
      );
      return answer(202, { item: params.item });
    });
  },
  on: [
    each(OrderPlaced, async (tx, event) => {
      const { item } = event.data;
      const { rowCount } = await tx.query('UPDATE stock SET n = n - 1 WHERE item = $1 AND n > 0', [
        item,
      ]);
      if (rowCount === 0) {
        throw new Error(`${item} is sold out`);
      }
      await tx.publish(OrderConfirmed, event.data);
      await tx.schedule(picking, [{ event, payload: { item } }]);
    }),
    picking,
  ],
};
