import { defineEvent } from '@cdk8s-event-platform/contracts';
import { AMOUNT, ORDER_ID, PAYMENT_ID, REASON } from './properties.ts';
import { PAYMENT_EVENTS } from './topics.ts';

/** The customer of an order was charged. */
export const PaymentProcessed = defineEvent({
  ...PAYMENT_EVENTS,
  type: 'com.shop.payment.processed',
  description: 'The customer of an order was charged.',
  schema: {
    type: 'object',
    required: ['order_id', 'payment_id', 'amount'],
    properties: { order_id: ORDER_ID, payment_id: PAYMENT_ID, amount: AMOUNT },
  },
});

/** The customer of an order could not be charged. A refusal is an event, not an error. */
export const PaymentFailed = defineEvent({
  ...PAYMENT_EVENTS,
  type: 'com.shop.payment.failed',
  description: 'The customer of an order could not be charged.',
  schema: {
    type: 'object',
    required: ['order_id', 'reason'],
    properties: { order_id: ORDER_ID, reason: REASON },
  },
});

/** The customer of an order has their money back. */
export const PaymentRefunded = defineEvent({
  ...PAYMENT_EVENTS,
  type: 'com.shop.payment.refunded',
  description: 'The customer of an order has their money back.',
  schema: {
    type: 'object',
    required: ['order_id', 'payment_id', 'amount'],
    properties: { order_id: ORDER_ID, payment_id: PAYMENT_ID, amount: AMOUNT },
  },
});
