import { defineEvent } from '@cdk8s-event-platform/contracts';

const order = {
  topic: 'orders',
  version: '1.0.0',
  key: 'order_id',
  schema: {
    type: 'object',
    required: ['order_id', 'item'],
    properties: {
      order_id: { type: 'string', minLength: 1, maxLength: 64 },
      item: { type: 'string' },
    },
  },
} as const;

export const OrderPlaced = defineEvent({
  ...order,
  type: 'com.example.order.placed',
  description: 'A customer has placed an order.',
});

export const OrderConfirmed = defineEvent({
  ...order,
  type: 'com.example.order.confirmed',
  topic: 'confirmed-orders',
  description: 'An order will be delivered.',
});
