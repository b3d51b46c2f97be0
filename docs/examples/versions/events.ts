import { defineEvent } from '@cdk8s-event-platform/contracts';

const event = {
  type: 'com.example.order.placed',
  key: 'order_id',
  description: 'A customer has placed an order.',
} as const;
const id = { type: 'string', maxLength: 64 } as const;
const cents = { type: 'integer', minimum: 0, maximum: 1_000_000_000 } as const;

export const OrderPlacedV1 = defineEvent({
  ...{ ...event, version: '1.0.0', topic: 'order-placed' },
  schema: {
    type: 'object',
    required: ['order_id', 'total'],
    properties: { order_id: id, total: cents },
  },
});

export const OrderPlaced = defineEvent({
  ...{ ...event, version: '2.0.0', topic: 'order-placed-2' },
  schema: {
    type: 'object',
    required: ['order_id', 'amount'],
    properties: {
      order_id: id,
      amount: {
        type: 'object',
        required: ['value', 'currency'],
        properties: { value: cents, currency: { enum: ['EUR', 'USD'] } },
      },
    },
  },
});
