import { defineEvent, defineImage } from '../../constructs/contracts/index.ts';

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
      amount: { type: 'integer' },
    },
  },
});

/**
 * The consumer of this project's runtime, and the tables of all consumers. `payments` has no unique
 * key: an effect that is doubled can be seen. `amount` is narrower than the schema's integer, so
 * there are events that only the database can refuse. `seen_events` is the table that handlers of
 * tutorials remember events in; the runtime has its own.
 */
export const manifest = defineImage({
  appId: 'bench-consumer',
  description: 'Keeps a row for every payment.',
  port: 8080,
  subscribes: [Paid],
  migrations: [
    {
      name: '0100-payments',
      sql: `CREATE TABLE payments (
  event_id text NOT NULL,
  account text NOT NULL,
  amount int4 NOT NULL
);
CREATE TABLE seen_events (
  event_id text PRIMARY KEY,
  processed_at timestamptz NOT NULL DEFAULT now()
);`,
    },
  ],
});
