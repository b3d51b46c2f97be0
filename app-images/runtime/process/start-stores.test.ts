import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { defineApp, defineProjection } from '@cdk8s-event-platform/contracts';
import { eventStore, happened, projection } from '@cdk8s-event-platform/runtime';
import { Accounts, bank, Deposited, UPCASTS } from '../event-store/testing/accounts.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { HELD_BACK, startStores } from './start-stores.ts';

const accounts = eventStore(Accounts, { upcasts: UPCASTS });
const Amounts = defineProjection({
  ...{ name: 'amounts', version: 1, description: 'Amounts that were paid in.' },
  tables: (table) => `CREATE TABLE ${table()} (amount integer NOT NULL);`,
});
const manifest = defineApp({ ...bank, projections: [Amounts] });
const amounts = projection(Amounts, {
  from: accounts,
  on: {
    [Deposited.type]: (tx, { data }) =>
      tx.query(`INSERT INTO ${Amounts.table()} VALUES ($1)`, [data.amount]),
  },
});

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE stored_events, projections, amounts_v1');
  app = new TestApp({ manifest, projections: [amounts] }, database);
});

/** What a process does in the background. */
const start = (metrics = new RuntimeMetrics()) =>
  app.inTransaction(() =>
    Promise.resolve(
      startStores(manifest, { pool: database.poolOf('bank'), metrics, log: silentLogger }, [
        amounts,
      ]),
    ),
  );

it('is ready once its projections have what was there, and goes on behind events of another server', async () => {
  const deposit = (amount: number) =>
    app.inTransaction((tx) => accounts.append(tx, 'a', [happened(Deposited, { amount })]));
  await deposit(1);
  // As after a dump of a server that has counted further.
  await database.pool.query('UPDATE stored_events SET transaction = transaction + 1000000');
  const metrics = new RuntimeMetrics();
  const stores = await start(metrics);
  try {
    const { problem } = stores.parts({ problem: () => undefined });
    expect(problem!()).toBe('the event store was not looked at yet');
    expect(stores.parts({ problem: () => 'another reason' }).problem!()).toBe('another reason');
    await vi.waitUntil(() => problem!() === undefined, { timeout: 20_000 });
    await deposit(2);
    stores.wake();
    await vi.waitUntil(
      async () => (await database.pool.query('SELECT FROM amounts_v1')).rowCount === 2,
      { timeout: 20_000 },
    );
    expect(await metrics.text()).toContain('event_store_held_back_seconds{streams="accounts"} 0');
    expect(await metrics.text()).toContain(
      'event_store_appends_total{streams="accounts",result="conflict"} 0',
    );
  } finally {
    await Promise.all(stores.loops.map((loop) => loop.stop()));
  }
});

it('goes on behind events of another server that are restored while it runs', async () => {
  const deposit = (amount: number) =>
    app.inTransaction((tx) => accounts.append(tx, 'a', [happened(Deposited, { amount })]));
  const stores = await start();
  try {
    const { problem } = stores.parts(undefined);
    await vi.waitUntil(() => problem!() === undefined, { timeout: 20_000 });
    await deposit(1);
    await database.pool.query('UPDATE stored_events SET transaction = transaction + 2000000');
    await vi.waitUntil(
      () =>
        deposit(2).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000, interval: 200 },
    );
    await vi.waitUntil(
      async () =>
        (await database.pool.query('SELECT FROM amounts_v1 WHERE amount = 2')).rowCount === 1,
      { timeout: 20_000 },
    );
  } finally {
    await Promise.all(stores.loops.map((loop) => loop.stop()));
  }
});

it('reads one event to tell for how long it is held back', async () => {
  const long = await database.pool.connect();
  try {
    await long.query('BEGIN');
    await long.query('SELECT pg_current_xact_id()');
    for (const amount of [1, 2, 3]) {
      await app.inTransaction((tx) => accounts.append(tx, 'a', [happened(Deposited, { amount })]));
    }
    const { rows } = await app.inTransaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      return tx.query<{ 'QUERY PLAN': object }>(
        `EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) ${HELD_BACK.replace('$1', `'bank'`).replace('$2', `'accounts'`)}`,
      );
    });
    const plan = JSON.stringify(rows[0]!['QUERY PLAN']);
    const [, read] = /"Relation Name":"stored_events".*?"Actual Rows":([\d.]+)/.exec(plan) ?? [];
    expect(Number(read)).toBe(1);
  } finally {
    await long.query('ROLLBACK');
    long.release();
  }
});

it('starts nothing without streams', () => {
  const stores = startStores({ ...bank, streams: [] }, undefined as never);
  expect(stores.loops).toEqual([]);
  expect(stores.parts({ problem: () => 'another reason' }).problem!()).toBe('another reason');
  expect(stores.parts(undefined).problem!()).toBeUndefined();
});
