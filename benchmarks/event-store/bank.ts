import {
  defineApp,
  defineProjection,
  defineStoredEvent,
  defineStreams,
} from '@cdk8s-event-platform/contracts';
import { aggregate, eventStore, happened, projection } from '@cdk8s-event-platform/runtime';

/** The one event: as small as one is. */
export const Deposited = defineStoredEvent({
  type: 'com.example.account.deposited',
  version: '1.0.0',
  description: 'Money was paid in.',
  schema: {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer', minimum: 1, maximum: 1_000_000_000 } },
  },
});

const Accounts = defineStreams({ name: 'accounts', description: 'Accounts.', events: [Deposited] });
const Balances = defineProjection({
  ...{ name: 'balances', version: 1, description: 'Balances of accounts.' },
  tables: (table) => `CREATE TABLE ${table()} (account text PRIMARY KEY, balance bigint NOT NULL);`,
});

export const bank = defineApp({
  appId: 'bank',
  description: 'Keeps accounts.',
  port: 8080,
  streams: [Accounts],
  projections: [Balances],
});

export const accounts = eventStore(Accounts);

const deposits = {
  initial: { balance: 0 },
  evolve: {
    [Deposited.type]: (
      state: { readonly balance: number },
      { data }: { readonly data: { readonly amount: number } },
    ) => ({ balance: state.balance + data.amount }),
  },
  decide: {
    deposit: (_state: unknown, { amount }: { readonly amount: number }) =>
      happened(Deposited, { amount }),
  },
};

/** An account whose events are all loaded. */
export const account = aggregate(accounts, deposits);
/** An account whose state is stored every hundred events. */
export const storedAccount = aggregate(accounts, { ...deposits, snapshotEvery: 100 });

export const balances = projection(Balances, {
  from: accounts,
  on: {
    [Deposited.type]: (tx, { streamId, data }) =>
      tx.query(
        `INSERT INTO ${Balances.table()} AS present VALUES ($1, $2)
         ON CONFLICT (account) DO UPDATE SET balance = present.balance + excluded.balance`,
        [streamId, data.amount],
      ),
  },
});
