import { defineApp } from '@cdk8s-event-platform/contracts';
import { UserRegistered } from '../events/index.ts';

/** Makes a lead of each new user. */
export const manifest = defineApp({
  appId: 'shop-crm',
  description: 'Makes a lead of each new user.',
  port: 8080,
  source: '/shop/crm',
  subscribes: [UserRegistered],
  serves: true,
  migrations: [
    {
      name: '0800-shop-leads',
      sql: `CREATE TABLE shop_leads (
  user_id text COLLATE "C" PRIMARY KEY,
  email text NOT NULL,
  username text NOT NULL,
  since timestamptz NOT NULL
);`,
    },
  ],
});
