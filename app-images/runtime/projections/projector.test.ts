import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { eventStore, happened, projection } from '@cdk8s-event-platform/runtime';
import { defineApp, defineProjection } from '@cdk8s-event-platform/contracts';
import { Accounts, bank, Deposited, UPCASTS } from '../event-store/testing/accounts.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { Projector } from './projector.ts';

const accounts = eventStore(Accounts, { upcasts: UPCASTS });
const balances = (version: number) =>
  defineProjection({
    ...{ name: 'balances', version, description: 'Balances of accounts.' },
    tables: (table) =>
      `CREATE TABLE ${table()} (account text PRIMARY KEY, balance integer NOT NULL);`,
  });
const Balances = balances(1);
const BalancesV2 = balances(2);
const bankOf = (contract: typeof Balances) => defineApp({ ...bank, projections: [contract] });
const viewOf = (contract: typeof Balances) =>
  projection(contract, {
    from: accounts,
    on: {
      [Deposited.type]: (tx, { streamId, data }) =>
        tx.query(
          `INSERT INTO ${contract.table()} AS present VALUES ($1, $2)
           ON CONFLICT (account) DO UPDATE SET balance = present.balance + excluded.balance`,
          [streamId, data.amount],
        ),
    },
  });

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  // The program of version 2 was applied: its role goes on with the tables of version 1.
  database = await createDatabase([bankOf(BalancesV2), { ...bankOf(Balances), appId: 'old' }], {
    url: inject('postgresUrl'),
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE stored_events, projections, balances_v1, balances_v2');
  app = new TestApp({ manifest: bankOf(Balances), projections: [viewOf(Balances)] }, database);
});

const append = (id: string, amount: number) =>
  app.inTransaction((tx) => accounts.append(tx, id, [happened(Deposited, { amount })]));
const rows = async (contract = Balances) => {
  const found = await database.pool.query<{ account: string; balance: number }>(
    `SELECT account, balance FROM ${contract.table()} ORDER BY account`,
  );
  return found.rows.map(({ account, balance }) => [account, balance]);
};
const checkpoint = async () => {
  const found = await database.pool.query<{
    events: string;
    stopped: boolean;
    error: string | null;
  }>('SELECT events, stopped_at IS NOT NULL AS stopped, error FROM projections');
  return found.rows;
};

it('does not note a failure where another pod has projected the event meanwhile', async () => {
  await append('a', 1);
  let failed = false;
  const failing = projection(Balances, {
    from: accounts,
    on: {
      [Deposited.type]: () => {
        failed = true;
        return Promise.reject(new Error('out of memory'));
      },
    },
  });
  const pool = database.poolOf('bank');
  // Between the failure and the note of it, the other pod projects.
  const between = new Proxy(pool, {
    get: (target, key) =>
      key !== 'connect'
        ? (Reflect.get(target, key) as unknown)
        : async () => {
            if (failed) {
              failed = false;
              await app.project();
            }
            return target.connect();
          },
  });
  const metrics = new RuntimeMetrics();
  const projector = new Projector({
    ...{ manifest: bankOf(Balances), part: failing, pool: between, metrics, log: silentLogger },
    clock: () => 0,
  });
  await vi.waitUntil(
    async () => {
      await app.inTransaction(() => projector.round());
      return (await checkpoint())[0]?.events === '1';
    },
    { timeout: 20_000 },
  );
  expect(await checkpoint()).toMatchObject([{ events: '1', stopped: false, error: null }]);
  expect(await rows()).toEqual([['a', 1]]);
});

it('is ready without events that a long transaction holds back', async () => {
  await append('a', 1);
  await vi.waitUntil(async () => (await app.project()) === 1, { timeout: 20_000 });
  const long = await database.pool.connect();
  try {
    await long.query('BEGIN');
    await long.query('SELECT pg_current_xact_id()');
    await append('a', 2);
    const projector = new Projector({
      ...{ manifest: bankOf(BalancesV2), part: viewOf(BalancesV2), pool: database.poolOf('bank') },
      ...{ metrics: new RuntimeMetrics(), log: silentLogger },
    });
    const round = () => app.inTransaction(() => projector.round());
    await vi.waitUntil(async () => (await round()) > 0, { timeout: 20_000 });
    expect(projector.problem).toBeUndefined();
    expect(await projector.isBehind()).toBe(true);
    expect(await rows(BalancesV2)).toEqual([['a', 1]]);
  } finally {
    await long.query('ROLLBACK');
    long.release();
  }
});
