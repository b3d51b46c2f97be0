import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  CancellationRequested,
  CreateShipment,
  ItemsReserved,
  OrderCancelled,
  OrderCreated,
  ShipmentCreated,
  ShipmentFailed,
} from '../events/index.ts';

/** Sends orders. What it needs to know of a customer was in the event that created the order. */
export const manifest = defineApp({
  appId: 'shop-shipping',
  description: 'Sends orders.',
  port: 8080,
  source: '/shop/shipping',
  publishes: [ShipmentCreated, ShipmentFailed],
  subscribes: [OrderCreated, ItemsReserved, CancellationRequested, OrderCancelled, CreateShipment],
  serves: true,
  migrations: [
    {
      name: '0400-shop-shipping',
      sql: `CREATE TABLE shop_shipments (
  order_id uuid PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('open', 'created', 'refused', 'void')),
  user_id text COLLATE "C",
  address json,
  is_reserved boolean NOT NULL DEFAULT false,
  tracking_number text,
  reason text
);
CREATE INDEX shop_shipments_user ON shop_shipments (user_id);`,
    },
  ],
});
