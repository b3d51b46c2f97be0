import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderCancelled, OrderPaid, OrderShipped } from '../events/index.ts';

/** Shows customers what becomes of their orders. */
export const manifest = defineApp({
  appId: 'shop-notifications',
  description: 'Shows customers what becomes of their orders.',
  port: 8080,
  source: '/shop/notifications',
  subscribes: [OrderPaid, OrderShipped, OrderCancelled],
  serves: true,
  migrations: [
    {
      name: '0600-shop-notifications',
      sql: `CREATE TABLE shop_notifications (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  order_id uuid NOT NULL,
  message text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX shop_notifications_user ON shop_notifications (user_id, n);`,
    },
  ],
});
