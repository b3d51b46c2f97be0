import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import {
  ADDRESS,
  AMOUNT,
  CANCELLATION_REASON,
  ITEMS,
  ORDER_ID,
  PAYMENT_ID,
  REASON,
  SAGA,
  TRACKING_NUMBER,
  USER,
  USER_ID,
} from './properties.ts';
import { ORDER_EVENTS } from './topics.ts';

const ORDER = { order_id: ORDER_ID, user_id: USER_ID } as const;

/** An order was created. It carries what others need to work on it, so that they ask nobody. */
export const OrderCreated = defineEvent({
  ...ORDER_EVENTS,
  subject: 'user_id',
  type: 'com.shop.order.created',
  description: 'An order was created. It carries what others need to work on it.',
  schema: {
    type: 'object',
    required: [
      'order_id',
      'user_id',
      'user_email',
      'items',
      'total_amount',
      'shipping_address',
      'saga',
    ],
    properties: {
      ...ORDER,
      user_email: USER.email,
      items: ITEMS,
      total_amount: AMOUNT,
      shipping_address: ADDRESS,
      saga: SAGA,
    },
  },
});

/** An order begins its way through the services, which lead it on by their events. */
export const OrderPlaced = defineEvent({
  ...ORDER_EVENTS,
  type: 'com.shop.order.placed',
  description: 'An order begins its way through the services, which lead it on by their events.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'amount', 'items'],
    properties: { ...ORDER, amount: AMOUNT, items: ITEMS },
  },
});

/** An order was paid. */
export const OrderPaid = defineEvent({
  ...ORDER_EVENTS,
  type: 'com.shop.order.paid',
  description: 'An order was paid.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'payment_id', 'amount'],
    properties: { ...ORDER, payment_id: PAYMENT_ID, amount: AMOUNT },
  },
});

/** An order was handed over to who delivers it. It is done, and cannot be cancelled any more. */
export const OrderShipped = defineEvent({
  ...ORDER_EVENTS,
  type: 'com.shop.order.shipped',
  description: 'An order was handed over to who delivers it.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'tracking_number', 'amount'],
    properties: { ...ORDER, tracking_number: TRACKING_NUMBER, amount: AMOUNT },
  },
});

/** A customer wants an order not to be carried out. Whether it is too late is for who ships it to say. */
export const CancellationRequested = defineEvent({
  ...ORDER_EVENTS,
  type: 'com.shop.order.cancellation-requested',
  description: 'A customer wants an order not to be carried out.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'reason', 'saga'],
    properties: { ...ORDER, reason: CANCELLATION_REASON, saga: SAGA },
  },
});

/** An order will not be carried out: whatever was done for it is undone. */
export const OrderCancelled = defineEvent({
  ...ORDER_EVENTS,
  type: 'com.shop.order.cancelled',
  description: 'An order will not be carried out: whatever was done for it is undone.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'reason'],
    properties: { ...ORDER, reason: REASON },
  },
});

/** The `data` of an {@link OrderCreated} event. */
export type OrderCreatedData = EventData<typeof OrderCreated>;
/** The `data` of an {@link OrderPlaced} event. */
export type OrderPlacedData = EventData<typeof OrderPlaced>;
