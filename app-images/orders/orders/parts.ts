import { each, isErased, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  ItemsUnavailable,
  OrderFulfilled,
  OrderUnfulfilled,
  PaymentFailed,
  PaymentProcessed,
  ShipmentCreated,
  ShipmentFailed,
  UserRegistered,
} from '../events/index.ts';
import { order } from './order.ts';
import { orderView } from './order-view.ts';
import { placeOrders } from './place-order.ts';
import { showOrders } from './show-orders.ts';

/** Orders: commands change what has happened to them, and the events of others are commands, too. */
export const parts: ServiceParts = {
  projections: [orderView],
  routes: (api) => {
    placeOrders(api);
    showOrders(api);
  },
  on: [
    each(UserRegistered, async (tx, { data: { user_id: id, email } }) => {
      if (!isErased(email)) {
        await tx.query(
          `INSERT INTO shop_customers VALUES ($1, $2)
           ON CONFLICT (user_id) DO UPDATE SET email = excluded.email`,
          [id, email],
        );
      }
    }),
    each(PaymentProcessed, async (tx, { data: { order_id: id, payment_id } }) => {
      await order.handle(tx, id, { type: 'pay', payment_id });
    }),
    each(ShipmentCreated, async (tx, { data: { order_id: id, tracking_number } }) => {
      await order.handle(tx, id, { type: 'ship', tracking_number });
    }),
    ...[PaymentFailed, ItemsUnavailable, ShipmentFailed, OrderUnfulfilled].map((contract) =>
      each(contract, async (tx, { data: { order_id: id, reason } }) => {
        await order.handle(tx, id, { type: 'cancel', reason });
      }),
    ),
    each(OrderFulfilled, async (tx, { data: { order_id: id, payment_id, tracking_number } }) => {
      await order.handle(tx, id, { type: 'pay', payment_id });
      await order.handle(tx, id, { type: 'ship', tracking_number });
    }),
  ],
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM shop_customers WHERE user_id = $1', [userId]);
  },
};
