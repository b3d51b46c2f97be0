import { defineApp, defineEvent, type EventData } from '@cdk8s-event-platform/contracts';

export const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'customer_id', // events of one customer keep their order
  description: 'A customer has placed an order.',
  schema: {
    type: 'object',
    required: ['order_id', 'customer_id'],
    properties: { order_id: { type: 'string' }, customer_id: { type: 'string', maxLength: 64 } },
  },
});

/** `{ order_id: string; customer_id: string }`, from the schema. */
export type Order = EventData<typeof OrderPlaced>;

export const shop = defineApp({
  appId: 'shop',
  description: 'Takes orders.',
  port: 8080,
  publishes: [OrderPlaced],
});

export const orderProcessor = defineApp({
  appId: 'order-processor',
  description: 'Keeps a row for every order.',
  port: 8080,
  subscribes: [OrderPlaced],
  migrations: [{ name: '0100-orders', sql: 'CREATE TABLE orders (id text, customer text);' }],
});
