import { defineEvent } from '@cdk8s-event-platform/contracts';
import { Paid } from '../consumers/paid.ts';

/** {@link Paid} as producers send it: it may be sent in every way. `TOPIC` says where to. */
export const Sent = defineEvent({
  ...{ type: Paid.type, version: Paid.version, key: 'account', description: Paid.description },
  topic: process.env.TOPIC ?? Paid.topic,
  delivery: 'at-most-once',
  schema: {
    type: 'object',
    required: ['payment_id', 'account', 'amount'],
    properties: {
      payment_id: { type: 'string', minLength: 1, maxLength: 64 },
      account: { type: 'string', minLength: 1, maxLength: 128 },
      amount: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    },
  },
});
