import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  EmailQueued,
  OrderCancelled,
  OrderCreated,
  OrderShipped,
  UserRegistered,
} from '../events/index.ts';

/** Writes to users. */
export const manifest = defineApp({
  appId: 'shop-email',
  description: 'Writes to users.',
  port: 8080,
  source: '/shop/email',
  publishes: [EmailQueued],
  subscribes: [UserRegistered, OrderCreated, OrderShipped, OrderCancelled],
  notifies: true,
  migrations: [
    {
      name: '0500-shop-email',
      sql: `CREATE TABLE shop_contacts (
  user_id text COLLATE "C" PRIMARY KEY,
  email text NOT NULL
);`,
    },
  ],
});
