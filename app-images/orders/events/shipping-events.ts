import { defineEvent } from '@cdk8s-event-platform/contracts';
import { ORDER_ID, REASON, TRACKING_NUMBER } from './properties.ts';
import { SHIPPING_EVENTS } from './topics.ts';

/** The parcel of an order is under way. From here on, the order cannot be cancelled. */
export const ShipmentCreated = defineEvent({
  ...SHIPPING_EVENTS,
  type: 'com.shop.shipment.created',
  description: 'The parcel of an order is under way.',
  schema: {
    type: 'object',
    required: ['order_id', 'tracking_number'],
    properties: { order_id: ORDER_ID, tracking_number: TRACKING_NUMBER },
  },
});

/** An order is not sent: nobody delivers there, or the customer does not want it any more. */
export const ShipmentFailed = defineEvent({
  ...SHIPPING_EVENTS,
  type: 'com.shop.shipment.failed',
  description: 'An order is not sent: nobody delivers there, or it is not wanted any more.',
  schema: {
    type: 'object',
    required: ['order_id', 'reason'],
    properties: { order_id: ORDER_ID, reason: REASON },
  },
});
