import { defineEvent } from '@cdk8s-event-platform/contracts';

const ORDER = {
  type: 'object',
  required: ['order_id', 'customer_id'],
  additionalProperties: false,
  properties: {
    order_id: { type: 'string', maxLength: 64 },
    customer_id: { type: 'string', maxLength: 64 },
  },
} as const;

export const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'customer_id',
  description: 'A customer has placed an order.',
  schema: ORDER,
});

export const OrderConfirmed = defineEvent({
  type: 'com.example.order.confirmed',
  version: '1.0.0',
  topic: 'order-confirmed',
  key: 'customer_id',
  description: 'An order is confirmed.',
  schema: ORDER,
});
