import { defineApp, defineProjection } from '@cdk8s-event-platform/contracts';
import { eventStore, projection } from '@cdk8s-event-platform/runtime';
import {
  Accounts,
  bank,
  Deposited,
  Opened,
  UPCASTS,
  Withdrawn,
} from '../../event-store/testing/accounts.ts';

export const accounts = eventStore(Accounts, { upcasts: UPCASTS });

const balances = (version: number) =>
  defineProjection({
    ...{ name: 'balances', version, description: 'Balances of accounts.' },
    tables: (table) =>
      `CREATE TABLE ${table()} (account text PRIMARY KEY, balance integer NOT NULL CHECK (balance < 1000));`,
  });
/** Balances of accounts, and in the second version twice as much. */
export const Balances = balances(1);
export const BalancesV2 = balances(2);
export const withV1 = defineApp({ ...bank, projections: [Balances], subscribes: [Opened] });
export const withV2 = defineApp({ ...bank, projections: [BalancesV2], subscribes: [Opened] });

const builtFrom = (contract: typeof Balances, factor = 1) => {
  const add = `INSERT INTO ${contract.table()} AS present VALUES ($1, $2)
    ON CONFLICT (account) DO UPDATE SET balance = present.balance + excluded.balance`;
  return projection(contract, {
    from: accounts,
    batch: 10,
    on: {
      [Deposited.type]: (tx, { streamId, data }) => tx.query(add, [streamId, data.amount * factor]),
      [Withdrawn.type]: (tx, { streamId, data }) =>
        tx.query(add, [streamId, -data.amount * factor]),
    },
  });
};
export const view = builtFrom(Balances);
export const viewV2 = builtFrom(BalancesV2, 2);
