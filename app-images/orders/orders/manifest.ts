import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  CancellationRequested,
  ItemsUnavailable,
  OrderCancelled,
  OrderCreated,
  OrderFulfilled,
  OrderPaid,
  OrderPlaced,
  Orders,
  OrderShipped,
  OrderUnfulfilled,
  PaymentFailed,
  PaymentProcessed,
  ShipmentCreated,
  ShipmentFailed,
  UserRegistered,
} from '../events/index.ts';
import { OrderView } from './order-view-tables.ts';

/** Takes orders, and says what becomes of them. */
export const manifest = defineApp({
  appId: 'shop-orders',
  description: 'Takes orders, and says what becomes of them.',
  port: 8080,
  source: '/shop/orders',
  publishes: [
    OrderCreated,
    OrderPlaced,
    OrderPaid,
    OrderShipped,
    CancellationRequested,
    OrderCancelled,
  ],
  subscribes: [
    UserRegistered,
    PaymentProcessed,
    PaymentFailed,
    ItemsUnavailable,
    ShipmentCreated,
    ShipmentFailed,
    OrderFulfilled,
    OrderUnfulfilled,
  ],
  streams: [Orders],
  projections: [OrderView],
  serves: true,
  migrations: [
    {
      name: '0900-shop-orders',
      sql: `CREATE TABLE shop_customers (
  user_id text COLLATE "C" PRIMARY KEY,
  email text NOT NULL
);
CREATE TABLE shop_prices (
  sku text COLLATE "C" PRIMARY KEY,
  price bigint NOT NULL CHECK (price >= 0)
);`,
    },
  ],
});
