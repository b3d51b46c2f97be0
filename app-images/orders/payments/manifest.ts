import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  ChargeCustomer,
  OrderCancelled,
  OrderPlaced,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  RefundCustomer,
} from '../events/index.ts';

/** Charges customers for their orders, and gives their money back. */
export const manifest = defineApp({
  appId: 'shop-payments',
  description: 'Charges customers for their orders, and gives their money back.',
  port: 8080,
  source: '/shop/payments',
  publishes: [PaymentProcessed, PaymentFailed, PaymentRefunded],
  subscribes: [OrderPlaced, OrderCancelled, ChargeCustomer, RefundCustomer],
  serves: true,
  migrations: [
    {
      name: '0200-shop-payments',
      sql: `CREATE TABLE shop_wallets (
  user_id text COLLATE "C" PRIMARY KEY,
  balance bigint NOT NULL CHECK (balance >= 0)
);
CREATE TABLE shop_payments (
  order_id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('open', 'charged', 'declined', 'refunded', 'void')),
  payment_id uuid,
  user_id text COLLATE "C",
  amount bigint
);`,
    },
  ],
});
