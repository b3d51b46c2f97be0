import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderPlaced } from '../../events/order-placed.ts';

export const manifest = defineApp({
  appId: 'order-processor',
  description: 'Counts the orders of each customer, each order once.',
  port: 8080,
  subscribes: [OrderPlaced],
  migrations: [
    {
      name: '0100-customer-orders',
      sql: 'CREATE TABLE customer_orders (customer_id text PRIMARY KEY, count integer NOT NULL)',
    },
  ],
});
