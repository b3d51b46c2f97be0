import { defineEvent } from '@cdk8s-event-platform/contracts';
import { ORDER_ID, REASON } from './properties.ts';
import { INVENTORY_EVENTS } from './topics.ts';

/** The items of an order are set aside for it. */
export const ItemsReserved = defineEvent({
  ...INVENTORY_EVENTS,
  type: 'com.shop.items.reserved',
  description: 'The items of an order are set aside for it.',
  schema: { type: 'object', required: ['order_id'], properties: { order_id: ORDER_ID } },
});

/** Items of an order are not there, and none is set aside for it. */
export const ItemsUnavailable = defineEvent({
  ...INVENTORY_EVENTS,
  type: 'com.shop.items.unavailable',
  description: 'Items of an order are not there, and none is set aside for it.',
  schema: {
    type: 'object',
    required: ['order_id', 'reason'],
    properties: { order_id: ORDER_ID, reason: REASON },
  },
});

/** The items of an order are in stock again. */
export const ItemsReleased = defineEvent({
  ...INVENTORY_EVENTS,
  type: 'com.shop.items.released',
  description: 'The items of an order are in stock again.',
  schema: { type: 'object', required: ['order_id'], properties: { order_id: ORDER_ID } },
});
