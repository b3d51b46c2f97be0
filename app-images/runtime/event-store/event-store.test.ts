import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { answer, eventStore, happened, StreamConflictError } from '@cdk8s-event-platform/runtime';
import { inTransaction } from '../database/database.ts';
import {
  Accounts,
  bank,
  Deposited,
  DepositedV1,
  Moved,
  Opened,
  otherBank,
  People,
  UPCASTS,
  Withdrawn,
} from './testing/accounts.ts';

const accounts = eventStore(Accounts, { upcasts: UPCASTS });
const people = eventStore(People);

let database: TestDatabase;
let app: TestApp;
let other: TestApp;

const deposit = (amount: number) => happened(Deposited, { amount });

beforeAll(async () => {
  database = await createDatabase([bank, otherBank], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE stored_events, stream_snapshots, outbox, idempotency_keys');
  app = new TestApp(
    {
      manifest: bank,
      routes: (api) => {
        api.post('/accounts/:id', {}, async (tx, { params }) => {
          const { id = '' } = params;
          const { version } = await accounts.append(
            tx,
            id,
            [happened(Opened, { account_id: id, owner: 'ann' }), deposit(10)],
            { expected: 'none' },
          );
          return answer(201, { version });
        });
        api.post('/accounts/:id/deposits', {}, async (tx, { params }) => {
          const result = await accounts.update(tx, params.id!, ({ version }) =>
            version === 0 ? [] : [deposit(version)],
          );
          return answer(200, { version: result?.version ?? 0 });
        });
        api.post('/accounts/:id/twice', {}, async (tx, { params }) => {
          await accounts.append(tx, params.id!, [deposit(1)]);
          await accounts.append(tx, params.id!, [deposit(2)]);
        });
        api.post('/accounts/:id/pairs', {}, async (tx, { params }) => {
          await accounts.append(tx, params.id!, [deposit(1)], { discriminator: 'a' });
          await accounts.append(tx, params.id!, [deposit(2)], { discriminator: 'b' });
        });
      },
    },
    database,
  );
  other = new TestApp({ manifest: otherBank }, database);
});

const append = (id: string, ...amounts: number[]) =>
  app.inTransaction((tx) => accounts.append(tx, id, amounts.map(deposit)));
const load = (id: string) => app.inTransaction((tx) => accounts.load(tx, id));
describe('append', () => {
  it('returns versions and positions, and load what was appended', async () => {
    const result = await append('a', 1, 2);
    expect(result).toMatchObject({ version: 2, repeated: false });
    expect(result.events.map(({ version, data }) => [version, data])).toEqual([
      [1, { amount: 1 }],
      [2, { amount: 2 }],
    ]);
    expect(await load('a')).toMatchObject({ version: 2, events: result.events });
    expect(await load('nobody')).toEqual({ id: 'nobody', version: 0, events: [] });
  });

  it('refuses another version than the expected one, and appends nothing', async () => {
    await append('a', 1);
    const stale = (expected: number | 'none') =>
      app.inTransaction((tx) => accounts.append(tx, 'a', [deposit(5)], { expected }));
    await expect(stale('none')).rejects.toThrow(
      "stream 'a' of 'accounts' has version 1, and the append expects 0: load it again, and decide again",
    );
    await expect(stale(2)).rejects.toThrow(StreamConflictError);
    expect(await stale(1)).toMatchObject({ version: 2 });
    expect((await load('a')).events).toHaveLength(2);
  });

  it('lets one of two transactions through that expect the same version', async () => {
    await append('a', 1);
    const results = await Promise.allSettled(
      [2, 3].map((amount) =>
        app.inTransaction((tx) => accounts.append(tx, 'a', [deposit(amount)], { expected: 1 })),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [failed] = results.filter(({ status }) => status === 'rejected');
    expect((failed as PromiseRejectedResult).reason).toBeInstanceOf(StreamConflictError);
    expect((await load('a')).version).toBe(2);
  });

  it('refuses data that do not match, events that are not listed, and ids that cannot be stored', async () => {
    await expect(append('a', 0)).rejects.toThrow('data/amount must be >= 1');
    await expect(
      app.inTransaction((tx) =>
        accounts.append(tx, 'a', [happened(Moved, { person: 'p', address: 'x' }) as never]),
      ),
    ).rejects.toThrow("streams 'accounts' do not list the event 'com.example.account.moved'");
    await expect(append('', 1)).rejects.toThrow('is empty');
    await expect(append('a\0', 1)).rejects.toThrow("the id of a stream of 'accounts'");
    expect((await database.pool.query('SELECT FROM stored_events')).rowCount).toBe(0);
  });

  it('does not let an app change, delete or see what is not its own', async () => {
    await append('a', 1);
    const pool = database.poolOf('bank');
    for (const statement of [
      'UPDATE stored_events SET data = data',
      'DELETE FROM stored_events',
      'TRUNCATE stored_events',
      'UPDATE event_store_clock SET added = 1',
    ]) {
      await expect(pool.query(statement)).rejects.toThrow('permission denied');
    }
    const own = await other.inTransaction((tx) => accounts.load(tx, 'a'));
    expect(own.version).toBe(0);
    await other.inTransaction((tx) => accounts.append(tx, 'a', [deposit(9)]));
    expect((await load('a')).events.map(({ data }) => data)).toEqual([{ amount: 1 }]);
    await expect(
      database.poolOf('other-bank').query(
        `INSERT INTO stored_events (app, streams, stream, version, transaction, type, schema_version, data, metadata, time)
           VALUES ('bank', 'accounts', 'a', 2, 1, 't', '1.0.0', '{}', '{}', now())`,
      ),
    ).rejects.toThrow('row-level security');
  });
});

describe('appends of a cause', () => {
  it('are made once, however often the request is repeated, and published once', async () => {
    const request = () =>
      app.request('POST', '/accounts/a', { headers: { 'idempotency-key': 'k1' } });
    expect(await request()).toMatchObject({ status: 201, body: { version: 2 } });
    // The answer is forgotten, and the cause is not.
    await database.pool.query('TRUNCATE idempotency_keys');
    expect(await request()).toMatchObject({ status: 201, body: { version: 2 } });
    expect((await load('a')).version).toBe(2);
    const published = await app.published(Opened);
    expect(published).toMatchObject([{ data: { account_id: 'a', owner: 'ann' } }]);
    expect((await load('a')).events[0]).toMatchObject({
      metadata: { causationid: 'k1', correlationid: 'k1' },
    });
    expect(await app.request('POST', '/accounts/a')).toMatchObject({ status: 409 });
  });

  it('need a discriminator where there are two to one stream', async () => {
    expect(await app.request('POST', '/accounts/a/twice')).toMatchObject({ status: 500 });
    expect((await load('a')).version).toBe(0);
    const pairs = () =>
      app.request('POST', '/accounts/a/pairs', { headers: { 'idempotency-key': 'k2' } });
    await pairs();
    await database.pool.query('TRUNCATE idempotency_keys');
    expect(await pairs()).toMatchObject({ status: 204 });
    expect((await load('a')).events.map(({ data }) => data)).toEqual([
      { amount: 1 },
      { amount: 2 },
    ]);
  });

  it('are tried again by routes when another one is in between', async () => {
    await append('a', 1);
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => app.request('POST', '/accounts/a/deposits')),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await load('a')).events.map(({ data }) => data)).toEqual(
      [1, 1, 2, 3].map((amount) => ({ amount })),
    );
  });
});

describe('load', () => {
  it('converts older versions, and tells what it cannot read', async () => {
    await app.inTransaction((tx) =>
      accounts.append(tx, 'a', [happened(DepositedV1, { euros: '3' }), deposit(5)]),
    );
    expect(await load('a')).toMatchObject({
      events: [
        { data: { amount: 300 }, schemaVersion: '1.0.0' },
        { data: { amount: 5 }, schemaVersion: '2.0.0' },
      ],
    });
    const unreadable = happened(DepositedV1, { euros: 'a lot' });
    await expect(app.inTransaction((tx) => accounts.append(tx, 'b', [unreadable]))).rejects.toThrow(
      'upcast from 1.0.0 to 2.0.0',
    );
    expect((await load('b')).version).toBe(0);
    await app.inTransaction((tx) =>
      accounts.append(tx, 'b', [happened(DepositedV1, { euros: '3' })]),
    );
    await database.pool.query(
      `UPDATE stored_events SET data = '{"euros":"a lot"}' WHERE stream = 'b'`,
    );
    await expect(load('b')).rejects.toThrow(
      "event 1 of stream 'b' of 'accounts': upcast from 1.0.0 to 2.0.0: data/amount",
    );
    await database.pool.query(
      `UPDATE stored_events SET schema_version = '7.1.0' WHERE stream = 'a' AND version = 2`,
    );
    await expect(load('a')).rejects.toThrow(
      "event 2 of stream 'a' of 'accounts': version 7.1.0 of com.example.account.deposited is not known to this app, which reads 1.x and 2.x",
    );
  });

  it('goes back in time, and to a version', async () => {
    await append('a', 1);
    await append('a', 2);
    await append('a', 3);
    await database.pool.query(
      `UPDATE stored_events SET time = '2026-01-01T00:00:00Z'::timestamptz + make_interval(days => version)`,
    );
    const at = (options: object) => app.inTransaction((tx) => accounts.load(tx, 'a', options));
    expect(await at({ at: new Date('2026-01-03T12:00:00Z') })).toMatchObject({ version: 2 });
    expect(await at({ at: new Date('2025-01-01T00:00:00Z') })).toMatchObject({ version: 0 });
    expect((await at({ version: 1 })).events).toHaveLength(1);
    expect((await at({ after: 1 })).events.map(({ version }) => version)).toEqual([2, 3]);
  });

  it('reads long streams in pages', async () => {
    const amounts = Array.from({ length: 5_001 }, (_, index) => index + 1);
    await append('a', ...amounts);
    const { events, version } = await load('a');
    expect(version).toBe(5_001);
    expect(events.map(({ data }) => (data as { amount: number }).amount)).toEqual(amounts);
  }, 30_000);

  it('needs an upcast for each earlier version', () => {
    expect(() => eventStore(Accounts)).toThrow(
      "event store 'accounts': no upcast from com.example.account.deposited@1",
    );
    expect(() =>
      eventStore(People, { upcasts: { [Moved.type]: { 3: () => ({}) as never } } }),
    ).toThrow('which its streams do not list as earlier');
  });
});

describe('personal data', () => {
  it('are encrypted in the store, and unreadable once the person is erased', async () => {
    await app.inTransaction((tx) =>
      people.append(tx, 'p1', [happened(Moved, { person: 'p1', address: '1 Main Street' })]),
    );
    const { rows } = await database.pool.query<{ data: string }>(
      'SELECT data::text AS data FROM stored_events',
    );
    expect(rows[0]!.data).not.toContain('Main Street');
    const address = async () => {
      const { events } = await app.inTransaction((tx) => people.load(tx, 'p1'));
      return events[0]!.data.address;
    };
    expect(await address()).toBe('1 Main Street');
    await app.erase('p1');
    expect(await address()).toMatch(/^pii:/);
    await expect(
      app.inTransaction((tx) =>
        people.append(tx, 'p1', [happened(Moved, { person: 'p1', address: 'elsewhere' })]),
      ),
    ).rejects.toThrow("the personal data of subject 'p1' were erased");
  });
});

it('is used by the code of an app that lists the streams', async () => {
  await expect(
    inTransaction(database.pool, (tx) =>
      accounts.append(tx, 'a', [happened(Withdrawn, { amount: 1 })]),
    ),
  ).rejects.toThrow("streams 'accounts' are not listed under 'streams' of the manifest");
  await expect(other.inTransaction((tx) => people.load(tx, 'p1'))).rejects.toThrow(
    "streams 'people' are not listed",
  );
});
