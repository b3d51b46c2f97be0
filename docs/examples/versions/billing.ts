import { defineApp, type EventData } from '@cdk8s-event-platform/contracts';
import { each, upcast } from '@cdk8s-event-platform/runtime';
import { OrderPlaced, OrderPlacedV1 } from './events.ts';

export const manifest = defineApp({
  appId: 'billing',
  description: 'Bills orders.',
  port: 8080,
  subscribes: [OrderPlacedV1, OrderPlaced],
  migrations: [
    {
      name: '0100-bills',
      sql: 'CREATE TABLE bills (order_id text, value bigint, currency text)',
    },
  ],
});

export const on = [
  each(OrderPlaced, async (tx, { data: { order_id: orderId, amount } }) => {
    const { value, currency } = amount;
    await tx.query('INSERT INTO bills VALUES ($1, $2, $3)', [orderId, value, currency]);
  }),
  upcast(OrderPlaced, {
    1: ({ order_id, total }: EventData<typeof OrderPlacedV1>) => ({
      order_id,
      amount: { value: total, currency: 'EUR' as const },
    }),
  }),
];
