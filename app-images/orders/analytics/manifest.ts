import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderCancelled, OrderCreated, OrderShipped, UserRegistered } from '../events/index.ts';

/** Counts users, orders and what is sold, by day. */
export const manifest = defineApp({
  appId: 'shop-analytics',
  description: 'Counts users, orders and what is sold, by day.',
  port: 8080,
  source: '/shop/analytics',
  subscribes: [UserRegistered, OrderCreated, OrderShipped, OrderCancelled],
  // What it counts is no personal data.
  erases: false,
  serves: true,
  migrations: [
    {
      name: '0700-shop-analytics',
      sql: `CREATE TABLE shop_daily (
  day date NOT NULL,
  event text NOT NULL,
  n bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (day, event)
);`,
    },
  ],
});
