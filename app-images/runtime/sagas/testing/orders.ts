import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each, orchestrate, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { PlaceOrder } from './place-order.ts';

function event<const Name extends string>(name: Name) {
  return defineEvent({
    type: `com.example.order.${name}`,
    version: '1.0.0',
    topic: `order-${name}`,
    key: 'key',
    description: 'Something has happened to an order.',
    schema: {
      type: 'object',
      required: ['key'],
      properties: { key: { type: 'string', maxLength: 128 } },
    },
  });
}

export const Submitted = event('submitted');
export const Confirmed = event('confirmed');
export const Rejected = event('rejected');

export const orders = defineApp({
  appId: 'orders',
  description: 'Runs the saga.',
  port: 8080,
  serves: true,
  subscribes: [Submitted],
  publishes: [Confirmed, Rejected],
  sagas: [PlaceOrder],
});

/** An order whose id begins so cannot be shipped, since the code fails. */
export const BROKEN = 'broken';

export const placeOrder = orchestrate(PlaceOrder, {
  steps: {
    payment: {
      request: ({ id }) => ({ order_id: id }),
      undo: ({ data }) => ({ order_id: data.order_id }),
    },
    items: {
      request: ({ id, replies }) => ({ order_id: `${id}/${replies.payment.outcome}` }),
      undo: ({ id, replies }) => ({ order_id: `${id}/${replies.items?.outcome ?? 'unknown'}` }),
    },
    shipment: {
      request: ({ id }) => {
        if (id.startsWith(BROKEN)) {
          throw new Error('the code of the step fails');
        }
        return { order_id: id };
      },
    },
  },
  completed: (tx, { id, replies }) =>
    tx.publish(Confirmed, { key: `${id} ${replies.shipment.outcome}` }),
  cancelled: (tx, { id, reason }) =>
    tx.publish(Rejected, { key: `${id} ${reason.step}: ${reason.outcome}` }),
});

export const parts: ServiceParts = {
  on: [
    placeOrder,
    each(Submitted, async (tx, { data }) => {
      await placeOrder.start(tx, { id: data.key, data: { order_id: data.key } });
    }),
  ],
  routes: (api) =>
    api.post('/orders/:id', {}, async (tx, { params }) => ({
      started: await placeOrder.start(tx, { id: params.id!, data: { order_id: params.id! } }),
    })),
};
