import { defineApp, defineProjection } from '@cdk8s-event-platform/contracts';
import { AccountOpened, Accounts } from './events.ts';

/** Raise the version when the tables change, or what is in them. */
export const Balances = defineProjection({
  name: 'balances',
  version: 1,
  description: 'Accounts with their owner and balance.',
  tables: (table) => `CREATE TABLE ${table()} (
  account_id text PRIMARY KEY,
  owner text NOT NULL,
  balance bigint NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX ON ${table()} (owner);`,
});

export const manifest = defineApp({
  appId: 'bank',
  description: 'Accounts of customers.',
  port: 8080,
  publishes: [AccountOpened],
  streams: [Accounts],
  projections: [Balances],
});
