import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  ItemsReleased,
  ItemsReserved,
  ItemsUnavailable,
  OrderCancelled,
  OrderPlaced,
  PaymentProcessed,
  ReleaseItems,
  ReserveItems,
} from '../events/index.ts';

/** Keeps the stock, and sets items aside for orders. */
export const manifest = defineApp({
  appId: 'shop-inventory',
  description: 'Keeps the stock, and sets items aside for orders.',
  port: 8080,
  source: '/shop/inventory',
  publishes: [ItemsReserved, ItemsUnavailable, ItemsReleased],
  subscribes: [OrderPlaced, PaymentProcessed, OrderCancelled, ReserveItems, ReleaseItems],
  serves: true,
  migrations: [
    {
      name: '0300-shop-inventory',
      sql: `CREATE TABLE shop_stock (
  sku text COLLATE "C" PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0)
);
CREATE TABLE shop_reservations (
  order_id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('open', 'reserved', 'refused', 'released', 'void')),
  items json,
  is_paid boolean NOT NULL DEFAULT false
);`,
    },
  ],
});
