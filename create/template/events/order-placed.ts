import { defineEvent } from '@cdk8s-event-platform/contracts';

/** Topic, partitions, rights, alerts and the check of its data follow from this contract. */
export const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'customer_id', // events of one customer stay in sequence
  description: 'An order was placed.',
  schema: {
    type: 'object',
    required: ['order_id', 'customer_id'],
    properties: {
      order_id: { type: 'string', maxLength: 64 },
      customer_id: { type: 'string', minLength: 1, maxLength: 64 },
    },
  },
});
