import { defineApp } from '@cdk8s-event-platform/contracts';
import { Paid } from './paid.ts';

/**
 * The consumer of this project's runtime, and the tables of all consumers. `payments` has no unique
 * key: an effect that is doubled can be seen. `amount` is narrower than the schema's integer, so
 * there are events that only the database can refuse. `seen_events` is the table that handlers of
 * tutorials remember events in; the runtime has its own.
 */
export const manifest = defineApp({
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
