import { defineEvent } from '@cdk8s-event-platform/contracts';
import { AMOUNT, ORDER_ID, PAYMENT_ID, REASON, TRACKING_NUMBER } from './properties.ts';
import { FULFILMENT_EVENTS } from './topics.ts';

/** The orchestrator has led an order through all of its steps. */
export const OrderFulfilled = defineEvent({
  ...FULFILMENT_EVENTS,
  type: 'com.shop.fulfilment.completed',
  description: 'The orchestrator has led an order through all of its steps.',
  schema: {
    type: 'object',
    required: ['order_id', 'payment_id', 'amount', 'tracking_number'],
    properties: {
      order_id: ORDER_ID,
      payment_id: PAYMENT_ID,
      amount: AMOUNT,
      tracking_number: TRACKING_NUMBER,
    },
  },
});

/** A step of an order has failed, or the customer has cancelled it, and the orchestrator has undone the steps before. */
export const OrderUnfulfilled = defineEvent({
  ...FULFILMENT_EVENTS,
  type: 'com.shop.fulfilment.cancelled',
  description: 'An order was not carried out, and the orchestrator has undone what was done.',
  schema: {
    type: 'object',
    required: ['order_id', 'reason'],
    properties: { order_id: ORDER_ID, reason: REASON },
  },
});
