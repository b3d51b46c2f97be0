import { defineCommand, defineSaga } from '@cdk8s-event-platform/contracts';

const ORDER = {
  type: 'object',
  required: ['order_id'],
  properties: { order_id: { type: 'string', maxLength: 64 } },
} as const;

function command<const Name extends string, const Outcomes extends readonly string[]>(
  name: Name,
  outcomes: Outcomes,
) {
  return defineCommand({
    ...{
      type: `com.example.order.${name}`,
      version: '1.0.0',
      topic: `order-${name}`,
      key: 'order_id',
    },
    description: 'Asks a participant for something.',
    schema: ORDER,
    reply: {
      schema: {
        type: 'object',
        required: ['outcome'],
        properties: {
          outcome: { type: 'string', enum: outcomes },
          note: { type: 'string', maxLength: 100 },
        },
      },
    },
  });
}

export const Charge = command('charge', ['charged', 'declined', 'unavailable']);
export const Refund = command('refund', ['refunded', 'unavailable', 'impossible']);
export const Reserve = command('reserve', ['reserved', 'out-of-stock']);
export const Release = command('release', ['released']);
export const Ship = command('ship', ['created', 'refused']);

/** Three steps, of which the last one cannot be undone. */
export const PlaceOrder = defineSaga({
  name: 'place-order',
  version: '1.0.0',
  description: 'Charges the customer, reserves the items, and has them sent.',
  data: ORDER,
  steps: [
    {
      name: 'payment',
      request: Charge,
      done: 'charged',
      failed: ['declined'],
      undo: Refund,
      undone: 'refunded',
      timeout: { minutes: 5 },
      retry: { on: 'unavailable', attempts: 3, interval: { seconds: 10 } },
    },
    {
      name: 'items',
      request: Reserve,
      done: 'reserved',
      failed: 'out-of-stock',
      undo: Release,
      undone: 'released',
      timeout: { minutes: 1 },
    },
    {
      name: 'shipment',
      request: Ship,
      done: 'created',
      failed: 'refused',
      timeout: { minutes: 2 },
    },
  ],
});
