import { type Api, answer, startService } from '@cdk8s-event-platform/runtime';
import { account } from './account.ts';
import { balances } from './balances.ts';
import { Balances, manifest } from './manifest.ts';

const OWNER = {
  type: 'object',
  required: ['owner'],
  properties: { owner: { type: 'string', minLength: 1 } },
} as const;
const AMOUNT = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { type: 'integer', minimum: 1, maximum: 100_000_000 } },
} as const;
const QUERY = {
  type: 'object',
  properties: { owner: { type: 'string' }, after: { type: 'string' } },
} as const;
const AT = {
  type: 'object',
  properties: { at: { type: 'string', format: 'date-time' } },
} as const;

export const routes = (api: Api) => {
  // Commands: the write side.
  api.put('/accounts/:id', { body: OWNER }, async (tx, { params, body }) => {
    const { version, position } = await account.handle(tx, params.id!, { type: 'open', ...body });
    return answer(201, { version, position });
  });
  api.post('/accounts/:id/deposits', { body: AMOUNT }, async (tx, { params, body }) => {
    const { state, position } = await account.handle(tx, params.id!, { type: 'deposit', ...body });
    return { balance: state.balance, position };
  });
  api.post('/accounts/:id/withdrawals', { body: AMOUNT }, async (tx, { params, body }) => {
    const { state, position } = await account.handle(tx, params.id!, { type: 'withdraw', ...body });
    return { balance: state.balance, position };
  });

  // One account as it is, or as it was.
  api.get('/accounts/:id', { query: AT }, async (tx, { params, query: { at } }) => {
    const { state, version } = await account.load(tx, params.id!, at ? { at: new Date(at) } : {});
    return { ...state, version };
  });

  // Queries: the read side. A client that gives the position of its own change sees that change.
  api.get('/accounts', { query: QUERY }, async (tx, { query: { owner, after } }) => {
    if (after !== undefined) {
      await balances.caughtUp(after, { timeout: { seconds: 2 } });
    }
    const { rows } = await tx.query(
      `SELECT account_id, owner, balance::int AS balance FROM ${Balances.table()}
       WHERE $1::text IS NULL OR owner = $1 ORDER BY account_id LIMIT 100`,
      [owner ?? null],
    );
    return { accounts: rows };
  });
};

startService(manifest, { routes, projections: [balances] });
