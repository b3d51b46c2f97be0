import { defineCommand } from '@cdk8s-event-platform/contracts';
import {
  AMOUNT,
  ITEMS,
  ORDER_ID,
  PAYMENT_ID,
  REASON,
  TRACKING_NUMBER,
  USER_ID,
} from './properties.ts';

/** Commands of one service share a topic: what is undone never overtakes what is done, as long as nothing fails. */
function commandsOf<const Topic extends string>(topic: Topic) {
  return { version: '1.0.0', topic, key: 'order_id', ordered: true } as const;
}
const PAYMENT = commandsOf('payment-commands');
const INVENTORY = commandsOf('inventory-commands');
const SHIPPING = commandsOf('shipping-commands');

const ONE_ORDER = {
  type: 'object',
  required: ['order_id'],
  properties: { order_id: ORDER_ID },
} as const;

/** Asks to charge the customer of an order. */
export const ChargeCustomer = defineCommand({
  ...PAYMENT,
  type: 'com.shop.payment.charge',
  description: 'Asks to charge the customer of an order.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'amount'],
    properties: { order_id: ORDER_ID, user_id: USER_ID, amount: AMOUNT },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: {
        outcome: { type: 'string', enum: ['charged', 'declined'] },
        payment_id: PAYMENT_ID,
        reason: REASON,
      },
    },
  },
});

/** Asks to give the customer of an order their money back, and not to charge them later. */
export const RefundCustomer = defineCommand({
  ...PAYMENT,
  type: 'com.shop.payment.refund',
  description:
    'Asks to give the customer of an order their money back, and not to charge them later.',
  schema: ONE_ORDER,
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { type: 'string', enum: ['refunded'] } },
    },
  },
});

/** Asks to set the items of an order aside. */
export const ReserveItems = defineCommand({
  ...INVENTORY,
  type: 'com.shop.items.reserve',
  description: 'Asks to set the items of an order aside.',
  schema: {
    type: 'object',
    required: ['order_id', 'items'],
    properties: { order_id: ORDER_ID, items: ITEMS },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: {
        outcome: { type: 'string', enum: ['reserved', 'out-of-stock'] },
        reason: REASON,
      },
    },
  },
});

/** Asks to put the items of an order back, and not to set them aside later. */
export const ReleaseItems = defineCommand({
  ...INVENTORY,
  type: 'com.shop.items.release',
  description: 'Asks to put the items of an order back, and not to set them aside later.',
  schema: ONE_ORDER,
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { type: 'string', enum: ['released'] } },
    },
  },
});

/** Asks to send an order. Its address was in the event that created it. */
export const CreateShipment = defineCommand({
  ...SHIPPING,
  type: 'com.shop.shipment.create',
  description: 'Asks to send an order.',
  schema: ONE_ORDER,
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: {
        // Not yet: the event that created the order has not arrived.
        outcome: { type: 'string', enum: ['created', 'refused', 'not-yet'] },
        tracking_number: TRACKING_NUMBER,
        reason: REASON,
      },
    },
  },
});
