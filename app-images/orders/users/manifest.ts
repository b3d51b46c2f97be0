import { defineApp } from '@cdk8s-event-platform/contracts';
import { UserRegistered } from '../events/index.ts';

/** Registers users. */
export const manifest = defineApp({
  appId: 'shop-users',
  description: 'Registers users.',
  port: 8080,
  source: '/shop/users',
  publishes: [UserRegistered],
  serves: true,
  migrations: [
    {
      name: '0100-shop-users',
      sql: `CREATE TABLE shop_users (
  user_id text COLLATE "C" PRIMARY KEY,
  email text NOT NULL UNIQUE,
  username text NOT NULL
);`,
    },
  ],
});
