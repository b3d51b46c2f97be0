import { defineEvent } from '@cdk8s-event-platform/contracts';

/** The event that every consumer of the benchmark handles. */
export const Paid = defineEvent({
  type: 'com.example.bench.paid',
  version: '1.0.0',
  topic: 'bench-paid',
  key: 'account',
  description: 'Somebody has paid.',
  schema: {
    type: 'object',
    required: ['payment_id', 'account', 'amount'],
    properties: {
      // DaprServer hands its callbacks the data without the envelope, so the id is in both.
      payment_id: { type: 'string', minLength: 1, maxLength: 64 },
      account: { type: 'string', minLength: 1, maxLength: 128 },
      amount: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    },
  },
});
