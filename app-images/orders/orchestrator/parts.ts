import { each, orchestrate, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  CancellationRequested,
  OrderCreated,
  OrderFulfilled,
  OrderUnfulfilled,
  PlaceOrder,
} from '../events/index.ts';

/** Why an order was not carried out, for people. */
function reasonOf(step: string, outcome: string): string {
  return outcome === 'cancelled' ? 'the customer has cancelled it' : `${step}: ${outcome}`;
}

/** What each step asks for, and what is said at the end. */
const placeOrder = orchestrate(PlaceOrder, {
  steps: {
    payment: {
      request: ({ id, data: { user_id, amount } }) => ({ order_id: id, user_id, amount }),
      undo: ({ id }) => ({ order_id: id }),
    },
    items: {
      request: ({ id, data: { items } }) => ({ order_id: id, items }),
      undo: ({ id }) => ({ order_id: id }),
    },
    shipment: { request: ({ id }) => ({ order_id: id }) },
  },
  completed: (tx, { id, data: { amount }, replies: { payment, shipment } }) =>
    tx.publish(OrderFulfilled, {
      ...{ order_id: id, amount, payment_id: payment.payment_id! },
      tracking_number: shipment.tracking_number!,
    }),
  cancelled: (tx, { id, reason: { step, outcome } }) =>
    tx.publish(OrderUnfulfilled, { order_id: id, reason: reasonOf(step, outcome) }),
});

/** The orchestrator: each order that asks for it is a saga, whose id is that of the order. */
export const parts: ServiceParts = {
  on: [
    placeOrder,
    each(OrderCreated, async (tx, { data }) => {
      const { order_id: id, user_id, total_amount: amount, items, saga } = data;
      if (saga === 'orchestration') {
        await placeOrder.start(tx, { id, data: { user_id, amount, items } });
      }
    }),
    each(CancellationRequested, async (tx, { data: { order_id: id, saga } }) => {
      if (saga === 'orchestration') {
        await placeOrder.cancel(tx, id);
      }
    }),
  ],
};
