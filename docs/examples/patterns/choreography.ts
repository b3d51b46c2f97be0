import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';

const ORDER = {
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', maxLength: 64 } },
} as const;
const base = { version: '1.0.0', key: 'order_id', schema: ORDER } as const;
const type = 'com.example';

export const OrderPlaced = defineEvent({
  ...{ ...base, type: `${type}.order.placed`, topic: 'order-placed' },
  description: 'An order was placed.',
});
export const OrderCancelled = defineEvent({
  ...{ ...base, type: `${type}.order.cancelled`, topic: 'order-cancelled' },
  description: 'An order will not be carried out.',
});
export const ItemsReserved = defineEvent({
  ...{ ...base, type: `${type}.items.reserved`, topic: 'items-reserved' },
  description: 'The items of an order are set aside.',
});
export const ItemsReleased = defineEvent({
  ...{ ...base, type: `${type}.items.released`, topic: 'items-released' },
  description: 'The items of an order are in stock again.',
});

export const inventory = defineApp({
  appId: 'inventory',
  description: 'Sets items aside.',
  port: 8080,
  publishes: [ItemsReserved, ItemsReleased],
  subscribes: [OrderPlaced, OrderCancelled],
  migrations: [
    { name: '0100-items', sql: 'CREATE TABLE items (order_id text PRIMARY KEY, status text)' },
  ],
});

export const inventoryParts: ServiceParts = {
  on: [
    each(OrderPlaced, async (tx, { data: { order_id } }) => {
      const { rowCount } = await tx.query(
        `INSERT INTO items VALUES ($1, 'reserved') ON CONFLICT DO NOTHING`,
        [order_id],
      );
      if (rowCount === 1) {
        await tx.publish(ItemsReserved, { order_id });
      }
    }),
    // Where it comes first, its row says that nothing is to be set aside later.
    each(OrderCancelled, async (tx, { data: { order_id } }) => {
      const { rows } = await tx.query<{ released: boolean }>(
        `INSERT INTO items AS i VALUES ($1, 'void')
         ON CONFLICT (order_id) DO UPDATE SET status = 'released' RETURNING i.status = 'released' AS released`,
        [order_id],
      );
      if (rows[0]!.released) {
        await tx.publish(ItemsReleased, { order_id });
      }
    }),
  ],
};
