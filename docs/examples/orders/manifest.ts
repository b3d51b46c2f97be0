import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderConfirmed, OrderPlaced } from './events.ts';

export const manifest = defineApp({
  appId: 'orders',
  description: 'Takes orders and confirms them.',
  port: 8080,
  publishes: [OrderPlaced, OrderConfirmed],
  subscribes: [OrderPlaced],
  migrations: [
    {
      name: '0100-orders',
      sql: 'CREATE TABLE orders (order_id text PRIMARY KEY, customer_id text NOT NULL)',
    },
  ],
});
