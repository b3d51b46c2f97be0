import { projection } from '@cdk8s-event-platform/runtime';
import { accounts } from './account.ts';
import { AccountOpened, Deposited, Withdrawn } from './events.ts';
import { Balances } from './manifest.ts';

const change = `UPDATE ${Balances.table()} SET balance = balance + $2, changed_at = $3 WHERE account_id = $1`;

export const balances = projection(Balances, {
  from: accounts,
  on: {
    [AccountOpened.type]: (tx, { streamId, data, time }) =>
      tx.query(`INSERT INTO ${Balances.table()} VALUES ($1, $2, 0, $3)`, [
        streamId,
        data.owner,
        time,
      ]),
    [Deposited.type]: (tx, { streamId, data, time }) =>
      tx.query(change, [streamId, data.amount, time]),
    [Withdrawn.type]: (tx, { streamId, data, time }) =>
      tx.query(change, [streamId, -data.amount, time]),
  },
});
