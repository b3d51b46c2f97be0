import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  createDatabase,
  given,
  TestApp,
  type TestDatabase,
} from '@cdk8s-event-platform/runtime/testing';
import {
  aggregate,
  answer,
  CommandRefusedError,
  eventStore,
  happened,
} from '@cdk8s-event-platform/runtime';
import {
  Accounts,
  bank,
  Deposited,
  Moved,
  Opened,
  otherBank,
  People,
  UPCASTS,
  Withdrawn,
} from './testing/accounts.ts';

const accounts = eventStore(Accounts, { upcasts: UPCASTS });
const people = eventStore(People);

interface Account {
  readonly owner?: string;
  readonly balance: number;
}

const NEW: Account = { balance: 0 };
const options = {
  initial: NEW,
  evolve: {
    [Opened.type]: (state: Account, { data }: { data: { owner: string } }) => ({
      ...state,
      owner: data.owner,
    }),
    [Deposited.type]: (state: Account, { data }: { data: { amount: number } }) => ({
      ...state,
      balance: state.balance + data.amount,
    }),
    [Withdrawn.type]: (state: Account, { data }: { data: { amount: number } }) => ({
      ...state,
      balance: state.balance - data.amount,
    }),
  },
};

const account = aggregate(accounts, {
  initial: NEW,
  evolve: {
    [Opened.type]: (state, { data }) => ({ ...state, owner: data.owner }),
    [Deposited.type]: (state, { data }) => ({ ...state, balance: state.balance + data.amount }),
    [Withdrawn.type]: (state, { data }) => ({ ...state, balance: state.balance - data.amount }),
  },
  decide: {
    open: ({ owner }, command: { owner: string }, { id }) =>
      owner === undefined ? happened(Opened, { account_id: id, owner: command.owner }) : [],
    deposit: ({ owner }, { amount }: { amount: number }) => {
      if (owner === undefined) {
        throw new CommandRefusedError('not-open', 'the account is not open');
      }
      if (amount < 0) {
        throw new CommandRefusedError('negative', 'an amount is positive', { status: 422 });
      }
      return happened(Deposited, { amount });
    },
    withdraw: ({ balance }, { amount }: { amount: number }) => {
      if (amount > balance) {
        throw new CommandRefusedError('insufficient-funds', `the account has ${balance}`);
      }
      return happened(Withdrawn, { amount });
    },
    split: (_state, { parts }: { parts: readonly number[] }) =>
      parts.map((amount) => happened(Deposited, { amount })),
  },
  snapshotEvery: 3,
});

describe('decisions', () => {
  const opened = happened(Opened, { account_id: 'given', owner: 'ann' });

  it('are tested without a database', () => {
    given(account, opened, happened(Deposited, { amount: 50 }))
      .when({ type: 'withdraw', amount: 20 })
      .then(happened(Withdrawn, { amount: 20 }));
    given(account, opened).when({ type: 'open', owner: 'bob' }).then();
    given(account).when({ type: 'deposit', amount: 1 }).thenRefused('not-open');
    const { state } = given(account, opened).when({ type: 'split', parts: [1, 2] });
    expect(state).toEqual({ owner: 'ann', balance: 3 });
    const at = given(account).at({ id: 'a7' }).when({ type: 'open', owner: 'ann' });
    expect(at.events).toEqual([{ type: Opened.type, data: { account_id: 'a7', owner: 'ann' } }]);
  });

  it('say what they come to instead', () => {
    const when = given(account, opened).when({ type: 'deposit', amount: 2 });
    expect(() => when.then(happened(Deposited, { amount: 3 }))).toThrow(
      `'deposit' comes to com.example.account.deposited {"amount":2}, and com.example.account.deposited {"amount":3} was expected`,
    );
    expect(() => when.thenRefused('not-open')).toThrow('a refusal (not-open) was expected');
    const refused = given(account).when({ type: 'withdraw', amount: 2 });
    expect(() => refused.then()).toThrow('comes to a refusal (insufficient-funds), and nothing');
    expect(() => given(account, happened(Deposited, { amount: 0 }))).toThrow('must be >= 1');
  });

  it('need something in evolve for each event, and a subject for states with personal data', () => {
    expect(() =>
      aggregate(accounts, {
        ...options,
        evolve: { ...options.evolve, [Withdrawn.type]: undefined } as never,
        decide: {},
      }),
    ).not.toThrow();
    expect(() =>
      aggregate(accounts, { ...options, evolve: {} as never, decide: {}, snapshotEvery: 0 }),
    ).toThrow("evolve has nothing for 'com.example.account.opened': add it");
    expect(() =>
      aggregate(people, {
        initial: {},
        evolve: { [Moved.type]: (state) => state },
        decide: {},
        snapshotEvery: 1,
      }),
    ).toThrow('say whom they are about with snapshotSubject');
  });
});

describe('on the database', () => {
  let database: TestDatabase;
  let app: TestApp;
  const BODY = {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'integer' } },
  } as const;

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
          api.put('/accounts/:id', {}, async (tx, { params }) => {
            const { version, repeated } = await account.handle(tx, params.id!, {
              type: 'open',
              owner: 'ann',
            });
            return answer(200, { version, repeated });
          });
          api.post('/accounts/:id/twice', {}, async (tx, { params }) => {
            await account.handle(tx, params.id!, { type: 'deposit', amount: 1 });
            await account.handle(tx, params.id!, { type: 'deposit', amount: 2 });
          });
          for (const type of ['deposit', 'withdraw'] as const) {
            api.post(`/accounts/:id/${type}s`, { body: BODY }, async (tx, { params, body }) => {
              const { state, version } = await account.handle(tx, params.id!, { type, ...body });
              return answer(200, { ...state, version });
            });
          }
        },
      },
      database,
    );
  });

  const post = (what: string, amount: number, key?: string) =>
    app.request('POST', `/accounts/a/${what}`, {
      body: { amount },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const snapshots = async () => {
    const { rows } = await database.pool.query<{ version: number; state: unknown }>(
      'SELECT version, state, state_version FROM stream_snapshots',
    );
    return rows;
  };

  it('handles commands, publishes, and answers what is refused with nothing half written', async () => {
    expect(await post('deposits', 5)).toMatchObject({
      status: 409,
      body: { detail: 'the account is not open', reason: 'not-open' },
    });
    expect(await app.request('PUT', '/accounts/a')).toMatchObject({ body: { version: 1 } });
    expect(await app.request('PUT', '/accounts/a')).toMatchObject({ body: { version: 1 } });
    expect(await app.published(Opened)).toHaveLength(1);
    expect(await post('deposits', 5)).toMatchObject({ body: { balance: 5, version: 2 } });
    expect(await post('withdraws', 6)).toMatchObject({
      status: 409,
      body: { reason: 'insufficient-funds' },
    });
    expect(await post('deposits', -1)).toMatchObject({ status: 422 });
    expect(await app.inTransaction((tx) => account.load(tx, 'a'))).toEqual({
      ...{ id: 'a', version: 2, state: { owner: 'ann', balance: 5 } },
    });
  });

  it('handles the same command once, also behind a snapshot', async () => {
    await app.request('PUT', '/accounts/a');
    const first = await post('deposits', 5, 'k1');
    await post('deposits', 7);
    await post('deposits', 8);
    expect(await snapshots()).toMatchObject([{ version: 3 }]);
    await database.pool.query('TRUNCATE idempotency_keys');
    expect(first).toMatchObject({ body: { balance: 5, version: 2 } });
    expect(await post('deposits', 5, 'k1')).toMatchObject({ body: { balance: 20, version: 4 } });
    expect((await app.inTransaction((tx) => accounts.load(tx, 'a'))).version).toBe(4);
  });

  it('refuses a second command of one name and cause in one transaction, and drops none', async () => {
    await app.request('PUT', '/accounts/a');
    const twice = (key: string) =>
      app.request('POST', '/accounts/a/twice', { headers: { 'idempotency-key': key } });
    expect(await twice('k1')).toMatchObject({ status: 500 });
    const version = async () => (await app.inTransaction((tx) => accounts.load(tx, 'a'))).version;
    expect(await version()).toBe(1);
    // Also where the first of them was handled by an earlier request.
    await post('deposits', 1, 'k2');
    await database.pool.query('TRUNCATE idempotency_keys');
    expect(await twice('k2')).toMatchObject({ status: 500 });
    expect(await version()).toBe(2);
  });

  it('has commands of one stream wait for each other: none is lost, and none is refused', async () => {
    await app.request('PUT', '/accounts/a');
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('deposits', 1)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await app.inTransaction((tx) => account.load(tx, 'a'))).state.balance).toBe(10);
  });

  it('never lets a balance below zero, however many withdraw at once', async () => {
    await app.request('PUT', '/accounts/a');
    await post('deposits', 5);
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('withdraws', 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect((await app.inTransaction((tx) => account.load(tx, 'a'))).state.balance).toBe(0);
  });

  it('goes back in time with and without a snapshot, and refuses another version', async () => {
    await app.request('PUT', '/accounts/a');
    for (const amount of [1, 2, 3]) {
      await post('deposits', amount);
    }
    await database.pool.query(
      `UPDATE stored_events SET time = '2026-01-01T00:00:00Z'::timestamptz + make_interval(days => version)`,
    );
    await database.pool.query(`UPDATE stream_snapshots SET time = '2026-01-04T00:00:00Z'`);
    const load = (at: object) => app.inTransaction((tx) => account.load(tx, 'a', at));
    expect(await load({ at: new Date('2026-01-03T01:00:00Z') })).toMatchObject({
      version: 2,
      state: { balance: 1 },
    });
    expect(await load({ version: 3 })).toMatchObject({ version: 3, state: { balance: 3 } });
    expect(await load({ at: new Date('2026-02-01T00:00:00Z') })).toMatchObject({ version: 4 });
    await expect(
      app.inTransaction((tx) =>
        account.handle(tx, 'a', { type: 'open', owner: 'x' }, { expected: 2, publish: false }),
      ),
    ).rejects.toThrow("stream 'a' of 'accounts' has version 4, and the append expects 2");
  });

  it('ignores snapshots of another version of the state', async () => {
    await app.request('PUT', '/accounts/a');
    for (const amount of [1, 2, 3]) {
      await post('deposits', amount);
    }
    await database.pool.query(`UPDATE stream_snapshots SET state = '{"balance":1000}'`);
    expect((await app.inTransaction((tx) => account.load(tx, 'a'))).state.balance).toBe(1003);
    const newer = aggregate(accounts, {
      ...options,
      decide: {},
      snapshotEvery: 3,
      stateVersion: 2,
    });
    expect((await app.inTransaction((tx) => newer.load(tx, 'a'))).state.balance).toBe(6);
  });

  it('stores states with personal data encrypted, and forgets them with the person', async () => {
    const person = aggregate(people, {
      initial: { address: '', moves: 0 },
      evolve: {
        [Moved.type]: (state, { data }) => ({ address: data.address, moves: state.moves + 1 }),
      },
      decide: {
        move: (_state, { address }: { address: string }, { id }) =>
          happened(Moved, { person: id, address }),
      },
      snapshotEvery: 1,
      snapshotSubject: () => 'p1',
    });
    const move = (address: string) =>
      app.inTransaction((tx) => person.handle(tx, 'p1', { type: 'move', address }));
    await move('1 Main Street');
    await move('2 Main Street');
    expect(JSON.stringify(await snapshots())).not.toContain('Main Street');
    const state = async () => (await app.inTransaction((tx) => person.load(tx, 'p1'))).state;
    expect(await state()).toEqual({ address: '2 Main Street', moves: 2 });
    await app.erase('p1');
    const left = await state();
    expect(left.address).toMatch(/^pii:/);
    expect(left.moves).toBe(2);
  });

  it('refuses commands that it has no decision for', async () => {
    await expect(
      app.inTransaction((tx) => account.handle(tx, 'a', { type: 'close' } as never)),
    ).rejects.toThrow(
      "aggregate of 'accounts' has no decision for the command 'close': use open, deposit, withdraw, split",
    );
  });
});
