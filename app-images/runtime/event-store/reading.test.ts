import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { eventStore, happened } from '@cdk8s-event-platform/runtime';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { Accounts, bank, Deposited, UPCASTS } from './testing/accounts.ts';

const accounts = eventStore(Accounts, { upcasts: UPCASTS });

let database: TestDatabase;
let app: TestApp;

const deposit = (amount: number) => happened(Deposited, { amount });

beforeAll(async () => {
  database = await createDatabase([bank], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE stored_events');
  app = new TestApp({ manifest: bank }, database);
});

const append = (id: string, ...amounts: number[]) =>
  app.inTransaction((tx) => accounts.append(tx, id, amounts.map(deposit)));
const load = (id: string) => app.inTransaction((tx) => accounts.load(tx, id));
const readAll = async () => {
  const found = [];
  for (let after: string | undefined; ; after = found.at(-1)!.position) {
    const events = await app.inTransaction((tx) =>
      accounts.read(tx, { limit: 7, ...(after !== undefined && { after }) }),
    );
    found.push(...events);
    if (events.length < 7) {
      return found;
    }
  }
};

/** All that readers see, once they see so many: transactions of other databases of the server hold them back, too. */
const seenAll = async (count: number) => {
  let events = await readAll();
  await vi.waitUntil(async () => (events = await readAll()).length >= count, { timeout: 20_000 });
  return events;
};

describe('read', () => {
  it('never shows an event in front of one that was shown, whichever transaction ends first', async () => {
    const begun = Promise.withResolvers<undefined>();
    const go = Promise.withResolvers<undefined>();
    // It has its number early, and commits late.
    const slow = app.inTransaction(async (tx) => {
      await accounts.append(tx, 'slow', [deposit(1)]);
      begun.resolve(undefined);
      await go.promise;
    });
    await begun.promise;
    await append('fast', 2);
    expect(await load('fast')).toMatchObject({ version: 1 });
    expect(await readAll()).toEqual([]);
    go.resolve(undefined);
    await slow;
    expect((await seenAll(2)).map(({ streamId }) => streamId)).toEqual(['slow', 'fast']);
  });

  it('keeps the order of a stream: a transaction with an earlier number is tried again', async () => {
    const begun = Promise.withResolvers<undefined>();
    const go = Promise.withResolvers<undefined>();
    const early = app.inTransaction(async (tx) => {
      await accounts.append(tx, 'other', [deposit(1)]);
      begun.resolve(undefined);
      await go.promise;
      await accounts.append(tx, 'a', [deposit(3)]);
    });
    early.catch(() => undefined);
    await begun.promise;
    await append('a', 2);
    go.resolve(undefined);
    await expect(early).rejects.toMatchObject({ code: '40001' });
    await append('a', 3);
    expect((await seenAll(2)).map(({ streamId, version }) => [streamId, version])).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
  });

  it('has each event once and in the order of its stream while many append', async () => {
    const seen: { streamId: string; version: number; position: string }[] = [];
    const reading = (async () => {
      while (seen.length < 8 * 25) {
        const after = seen.at(-1)?.position;
        const events = await app.inTransaction((tx) =>
          accounts.read(tx, { limit: 5, ...(after !== undefined && { after }) }),
        );
        seen.push(...events);
      }
    })();
    const appendWithRetry = async (id: string): Promise<void> => {
      try {
        await append(id, 1);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('40001');
        await appendWithRetry(id);
      }
    };
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let nth = 0; nth < 25; nth++) {
          await appendWithRetry(`s${(writer + nth) % 3}`);
        }
      }),
    );
    await reading;
    expect(seen).toHaveLength(200);
    for (const id of ['s0', 's1', 's2']) {
      const versions = seen.filter(({ streamId }) => streamId === id).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
    expect(new Set(seen.map(({ position }) => position)).size).toBe(200);
  });

  it('goes on behind events of a server that has counted further', async () => {
    await append('a', 1);
    await database.pool.query('UPDATE stored_events SET transaction = transaction + 1000000');
    expect(await readAll()).toEqual([]);
    await expect(append('a', 2)).rejects.toMatchObject({ code: '40001' });
    // Nor to another stream: who has read what was restored would never see it.
    await expect(append('b', 3)).rejects.toMatchObject({ code: '40001' });
    await database.poolOf('bank').query('SELECT adopt_stored_events()');
    await append('a', 2);
    await append('b', 3);
    expect((await seenAll(3)).map(({ streamId, version }) => [streamId, version])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 1],
    ]);
    const { rows } = await database.pool.query('SELECT adopt_stored_events() AS behind');
    expect(rows).toEqual([{ behind: '0' }]);
  });

  it('waits for transactions that append when it goes on behind events of another server', async () => {
    await append('a', 1);
    await database.pool.query('UPDATE stored_events SET transaction = transaction + 1000000');
    const other = await database.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query(
        `INSERT INTO stored_events (app, streams, stream, version, transaction, type, schema_version, data, metadata, time)
         VALUES ('shop', 'carts', 'c', 1, appending_transaction(), 't', '1', '{}', '{}', now())`,
      );
      const adopt = () =>
        database.poolOf('bank').query<{ behind: string }>('SELECT adopt_stored_events() AS behind');
      // Not for long: who wants to append waits behind it.
      await expect(adopt()).rejects.toMatchObject({ code: '55P03' });
      await other.query('COMMIT');
      expect((await adopt()).rows[0]!.behind).not.toBe('0');
      expect(await readAll()).toHaveLength(1);
    } finally {
      other.release();
    }
  });

  it('does not take events that are appended meanwhile for those of another server', async () => {
    await append('a', 1);
    const holder = await database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM event_store_clock FOR UPDATE');
      let settled = false;
      const adopting = database
        .poolOf('bank')
        .query<{ behind: string }>('SELECT adopt_stored_events() AS behind')
        .finally(() => (settled = true));
      await vi.waitUntil(
        async () =>
          settled ||
          (
            await database.pool.query(
              `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            )
          ).rowCount === 1,
        { timeout: 20_000 },
      );
      await append('a', 2);
      await append('b', 3);
      await holder.query('COMMIT');
      expect((await adopting).rows).toEqual([{ behind: '0' }]);
    } finally {
      holder.release();
    }
  });

  it('refuses limits and positions that make no sense', async () => {
    const read = (options: object) => app.inTransaction((tx) => accounts.read(tx, options));
    await expect(read({ limit: 0 })).rejects.toThrow('limit (0) must be a whole number');
    await expect(read({ after: 'x' })).rejects.toThrow("position 'x' is not one of an event store");
    for (const after of ['x', '9223372036854775808-1', '1-9999999999999999999']) {
      await expect(read({ after })).rejects.toBeInstanceOf(InvalidEventError);
    }
    expect(await read({ after: '9223372036854775807-9223372036854775807' })).toEqual([]);
  });
});
