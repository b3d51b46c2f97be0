import { defineProjection } from '@cdk8s-event-platform/contracts';

/** Orders as they are listed and shown: one row each, with all that is asked for. */
export const OrderView = defineProjection({
  name: 'order-view',
  version: 1,
  description: 'Orders as they are listed and shown.',
  tables: (table) => `CREATE TABLE ${table()} (
  order_id uuid PRIMARY KEY,
  n bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  user_id text COLLATE "C" NOT NULL,
  status text NOT NULL,
  is_paid boolean NOT NULL DEFAULT false,
  total_amount bigint NOT NULL,
  articles integer NOT NULL,
  tracking_number text,
  reason text,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX ON ${table()} (user_id, n);`,
});
