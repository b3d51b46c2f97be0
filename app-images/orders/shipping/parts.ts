import {
  each,
  type EventTransaction,
  handles,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';
import {
  CancellationRequested,
  CreateShipment,
  ItemsReserved,
  OrderCancelled,
  OrderCreated,
  ShipmentCreated,
  ShipmentFailed,
} from '../events/index.ts';
import { noOrder, orderIdIn } from '../order-path.ts';
import { holdBack, noteOrder, ship, type Shipment } from './shipments.ts';

/** Sends an order once it is known where to, and that its items are set aside: either may be heard of first. */
async function shipOnceBothAreKnown(
  tx: EventTransaction,
  orderId: string,
  shipment: Shipment,
): Promise<void> {
  if (shipment.status !== 'open' || !shipment.is_reserved) {
    return;
  }
  const shipped = await ship(tx, orderId, shipment);
  if (shipped.outcome === 'created') {
    const { tracking_number: number } = shipped;
    await tx.publish(ShipmentCreated, { order_id: orderId, tracking_number: number });
  } else if (shipped.outcome === 'refused') {
    await tx.publish(ShipmentFailed, { order_id: orderId, reason: shipped.reason });
  }
}

/** Shipments, by the events of an order as well as by commands. */
export const parts: ServiceParts = {
  on: [
    each(OrderCreated, async (tx, { data: order }) => {
      const { order_id: id } = order;
      await shipOnceBothAreKnown(tx, id, await noteOrder(tx, id, { order }));
    }),
    each(ItemsReserved, async (tx, { data: { order_id: id } }) =>
      shipOnceBothAreKnown(tx, id, await noteOrder(tx, id, { isReserved: true })),
    ),
    // Who ships an order decides whether it is too late to cancel it: nobody else knows.
    each(CancellationRequested, async (tx, { data: { order_id: id, reason, saga } }) => {
      const text = `the customer has cancelled it: ${reason}`;
      if (saga === 'choreography' && (await holdBack(tx, id, text))) {
        await tx.publish(ShipmentFailed, { order_id: id, reason: text });
      }
    }),
    each(OrderCancelled, async (tx, { data: { order_id: id, reason } }) => {
      await holdBack(tx, id, reason);
    }),
    handles(CreateShipment, async (tx, { data: { order_id: id } }) =>
      ship(tx, id, await noteOrder(tx, id)),
    ),
  ],
  routes: (api) => {
    api.get(
      '/api/shipments/:order_id',
      { summary: 'Shows the shipment of an order.' },
      async (tx, { params }) => {
        const orderId = orderIdIn(params);
        const { rows } = await tx.query(
          'SELECT order_id, status, tracking_number, reason FROM shop_shipments WHERE order_id = $1',
          [orderId],
        );
        return rows[0] ?? Promise.reject(noOrder(orderId));
      },
    );
  },
  erase: async (tx, userId) => {
    // Whether it was sent stays; where to is forgotten.
    await tx.query(
      `UPDATE shop_shipments SET address = json_build_object('country', address->>'country')
       WHERE user_id = $1 AND address IS NOT NULL`,
      [userId],
    );
  },
};
