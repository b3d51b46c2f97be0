import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { happened, projection, record } from '@cdk8s-event-platform/runtime';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { Deposited, Opened } from '../event-store/testing/accounts.ts';
import { Projector } from './projector.ts';
import { projectionsOf } from './projections-of.ts';
import {
  accounts,
  Balances,
  BalancesV2,
  view,
  viewV2,
  withV1,
  withV2,
} from './testing/balances.ts';

let database: TestDatabase;
let app: TestApp;

beforeAll(async () => {
  // The program of version 2 was applied: its role goes on with the tables of version 1.
  database = await createDatabase([withV2, { ...withV1, appId: 'old' }], {
    url: inject('postgresUrl'),
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE stored_events, projections, balances_v1, balances_v2, processed_events, quarantine',
  );
  app = new TestApp(
    { manifest: withV1, projections: [view], on: [record(accounts, Opened)] },
    database,
  );
});

const append = (id: string, ...amounts: number[]) =>
  app.inTransaction((tx) =>
    accounts.append(
      tx,
      id,
      amounts.map((amount) => happened(Deposited, { amount })),
    ),
  );
const rows = async (contract = Balances) => {
  const found = await database.pool.query<{ account: string; balance: number }>(
    `SELECT account, balance FROM ${contract.table()} ORDER BY account`,
  );
  return found.rows.map(({ account, balance }) => [account, balance]);
};
const checkpoint = async () => {
  const found = await database.pool.query<{
    version: number;
    events: string;
    stopped: boolean;
    error: string | null;
    live: boolean;
  }>(
    `SELECT version, events, stopped_at IS NOT NULL AS stopped, error, caught_up_at IS NOT NULL AS live
     FROM projections ORDER BY version`,
  );
  return found.rows;
};
/** Waits until readers see as many events: transactions of other tests on this server hold them back. */
const seen = (count: number) =>
  vi.waitUntil(async () => (await app.inTransaction((tx) => accounts.read(tx))).length === count, {
    timeout: 20_000,
  });
/** A pod of the app, as it projects in the background. */
const pod = (part = view, clock = () => 0) => {
  const metrics = new RuntimeMetrics();
  const projector = new Projector({
    ...{ manifest: withV1, part, pool: database.poolOf('bank'), metrics, log: silentLogger, clock },
  });
  return { projector, metrics, round: () => app.inTransaction(() => projector.round()) };
};

describe('a projection', () => {
  it('has each event once, in the order of its stream', async () => {
    await append('a', 1, 2);
    await append('b', 5);
    expect(await app.project()).toBe(3);
    await append('a', 4);
    expect(await app.project()).toBe(1);
    expect(await app.project()).toBe(0);
    expect(await rows()).toEqual([
      ['a', 7],
      ['b', 5],
    ]);
    expect(await checkpoint()).toEqual([
      { version: 1, events: '4', stopped: false, error: null, live: true },
    ]);
  });

  it('tells when it has come to an append', async () => {
    const { position } = await append('a', 1);
    const caughtUp = (seconds: number) =>
      app.inTransaction(() => view.caughtUp(position, { timeout: { seconds } }));
    expect(await caughtUp(0.01)).toBe(false);
    const waiting = caughtUp(20);
    await app.project();
    expect(await waiting).toBe(true);
  });

  it('projects what an app has received and recorded, each once', async () => {
    const data = { account_id: 'x', owner: 'ann' };
    await app.deliver(Opened, data, { id: '1' });
    expect(await app.deliver(Opened, data, { id: '1' })).toMatchObject({ outcome: 'duplicate' });
    // Even where the inbox has forgotten it.
    await database.pool.query('TRUNCATE processed_events');
    expect(await app.deliver(Opened, data, { id: '1' })).toMatchObject({ outcome: 'processed' });
    const { events } = await app.inTransaction((tx) => accounts.load(tx, 'x'));
    expect(events).toMatchObject([
      { data, metadata: { received: { id: '1', source: '/test' }, causationid: '1' } },
    ]);
    // It is not published again.
    expect(await app.published(Opened)).toEqual([]);
  });
});

describe('several pods', () => {
  it('project each event once', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      await append(id, 1, 1, 1, 1, 1, 1, 1);
    }
    const pods = [pod(), pod(), pod()];
    await vi.waitUntil(
      async () => {
        await Promise.all(pods.map(({ round }) => round()));
        return (await checkpoint())[0]?.events === '28';
      },
      { timeout: 20_000 },
    );
    expect(await rows()).toEqual(['a', 'b', 'c', 'd'].map((id) => [id, 7]));
  });

  it('go on where one was killed: nothing is projected twice', async () => {
    await append('a', 1, 2, 3);
    const killed = projection(Balances, {
      from: accounts,
      on: {
        [Deposited.type]: async (tx, { streamId, data, version }) => {
          await tx.query(`INSERT INTO balances_v1 VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
            ...[streamId, data.amount],
          ]);
          if (version === 3) {
            throw Object.assign(new Error('terminated'), { code: '57P01' });
          }
        },
      },
    });
    const { round } = pod(killed);
    await vi.waitUntil(async () => {
      const failure = await round().catch((error: unknown) => error);
      return failure instanceof Error;
    });
    expect(await rows()).toEqual([]);
    await app.project();
    expect(await rows()).toEqual([['a', 6]]);
  });
});

describe('an event that cannot be projected', () => {
  it('stops the projection behind those before it, and is told; corrected, it goes on', async () => {
    await append('a', 1, 2);
    await append('b', 1_000);
    await append('c', 3);
    await seen(4);
    await expect(app.project()).rejects.toThrow(
      `projection 'balances': event 1 of stream 'b' (${Deposited.type}): SQLSTATE 23514 at balances_v1`,
    );
    expect(await rows()).toEqual([['a', 3]]);
    expect(await checkpoint()).toMatchObject([{ events: '2', stopped: true, live: false }]);
    const { projector, metrics, round } = pod();
    await round();
    await projector.measure();
    const text = await metrics.text();
    expect(text).toContain('projection_stopped{projection="balances",version="1"} 1');
    expect(projector.problem).toMatch(
      /^projection 'balances' version 1 has stopped: event 1 of stream 'b'/,
    );
    await database.pool.query('ALTER TABLE balances_v1 DROP CONSTRAINT balances_v1_balance_check');
    try {
      expect(await app.project()).toBe(2);
    } finally {
      await database.pool.query('TRUNCATE balances_v1');
      await database.pool.query('ALTER TABLE balances_v1 ADD CHECK (balance < 1000)');
    }
    expect(await checkpoint()).toMatchObject([{ events: '4', stopped: false, error: null }]);
  });

  it('also stops where it cannot be read, and where a handler hides the error', async () => {
    await append('a', 1, 2, 3);
    await database.pool.query(
      `UPDATE stored_events SET type = 'com.example.unknown' WHERE version = 3`,
    );
    await expect(app.project()).rejects.toThrow(
      "event 3 of stream 'a' of 'accounts': the type com.example.unknown is not listed",
    );
    expect(await rows()).toEqual([['a', 3]]);
    await database.pool.query('TRUNCATE projections, balances_v1');
    await database.pool.query('DELETE FROM stored_events WHERE version = 3');
    const hiding = projection(Balances, {
      from: accounts,
      on: { [Deposited.type]: (tx) => tx.query('SELECT nothing').catch(() => undefined) },
    });
    const other = new TestApp(
      { manifest: withV1, projections: [hiding], on: [record(accounts, Opened)] },
      database,
    );
    await expect(other.project()).rejects.toThrow(
      'a statement failed and its handler hid the error',
    );
    expect(await rows()).toEqual([]);
  });
});

describe('a new version', () => {
  it('is built beside the old one, which goes on, and is ready when it has caught up', async () => {
    await append('a', ...Array.from({ length: 25 }, () => 1));
    await app.project();
    // The new pod: the tables of its version are empty.
    const { projector, round } = pod(viewV2);
    expect(projector.problem).toBe("projection 'balances' version 2 was not looked at yet");
    await vi.waitUntil(async () => (await round()) > 0);
    expect(projector.problem).toMatch(/^projection 'balances' version 2 has not caught up: it is/);
    // Pods of the old version project and serve meanwhile.
    await append('a', 7);
    await app.project();
    expect(await rows()).toEqual([['a', 32]]);
    await vi.waitUntil(async () => {
      await round();
      return projector.problem === undefined;
    });
    await vi.waitUntil(async () => (await round()) === 0 && !(await projector.isBehind()));
    expect(await rows(BalancesV2)).toEqual([['a', 64]]);
    // Rolled back, the old version goes on from where it was.
    await append('a', 1);
    expect(await app.project()).toBe(1);
    expect(await rows()).toEqual([['a', 33]]);
    expect(await checkpoint()).toMatchObject([
      { version: 1, live: true },
      { version: 2, live: true },
    ]);
  });

  it('knows the tables of all versions, to erase somebody in each of them', async () => {
    await append('a', 1);
    await append('b', 2);
    await app.project();
    const next = pod(viewV2);
    await vi.waitUntil(async () => {
      await next.round();
      return !(await next.projector.isBehind());
    });
    const tables = await app.inTransaction(async (tx) => {
      for (const table of await view.everyTableWith(tx, 'account')) {
        await tx.query(`DELETE FROM ${table} WHERE account = 'a'`);
      }
      return Promise.all([
        viewV2.everyTableWith(tx, 'account'),
        view.everyTableWith(tx, 'account', 'others'),
        view.everyTableWith(tx, 'owner'),
      ]);
    });
    expect(tables).toEqual([['balances_v1', 'balances_v2'], [], []]);
    expect(await rows()).toEqual([['b', 2]]);
    expect(await rows(BalancesV2)).toEqual([['b', 4]]);
  });

  it('is ready at once where nothing is stored', async () => {
    const { projector, round } = pod(viewV2);
    await round();
    expect(projector.problem).toBeUndefined();
  });

  it('serves what it has when it had been live, and has stopped', async () => {
    await append('a', 1);
    await app.project();
    await append('a', 999);
    await expect(app.project()).rejects.toThrow('SQLSTATE 23514');
    const { projector, round } = pod(view);
    await round();
    expect(projector.problem).toBeUndefined();
  });
});

describe('metrics', () => {
  it('tell how far it is behind, and how much was projected', async () => {
    await append('a', 1);
    await database.pool.query(`UPDATE stored_events SET time = now() - interval '1 hour'`);
    const { projector, metrics, round } = pod();
    await vi.waitUntil(async () => {
      await projector.measure();
      const behind = /projection_lag_seconds\{.*\} (36\d\d)/.exec(await metrics.text());
      const projected = await round();
      return behind !== null || projected === 0;
    });
    await vi.waitUntil(async () => !(await projector.isBehind()) || (await round()) > 0);
    await projector.measure();
    const text = await metrics.text();
    expect(text).toContain('projection_lag_seconds{projection="balances",version="1"} 0');
    expect(text).toContain('projection_events_total{projection="balances",version="1"} 1');
  });
});

it('fits the manifest and its streams', () => {
  expect(() => projectionsOf(withV1, [])).toThrow(
    'bank: nothing builds the projection balances version 1: give projection(…)',
  );
  expect(() => projectionsOf(withV1, [view, viewV2, view])).toThrow(
    /balances version 2 is built and not declared.*balances version 1 is built twice/,
  );
  expect(() => projectionsOf({ ...withV1, streams: [] }, [view])).toThrow(
    "is built from streams 'accounts', which the manifest does not list",
  );
  expect(() =>
    projection(Balances, { from: accounts, on: { other: () => Promise.resolve() } as never }),
  ).toThrow("projection 'balances': 'other' is not listed in streams 'accounts'");
  expect(() => projection(Balances, { from: accounts, on: {}, batch: 0 })).toThrow('batch (0)');
});
