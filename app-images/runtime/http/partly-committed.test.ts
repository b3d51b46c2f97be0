import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp, defineCommand } from '@cdk8s-event-platform/contracts';
import {
  type RequestTransaction,
  requests,
  type RouteHandler,
} from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { TransactionTimeoutError } from '../database/database.ts';
import { DependencyUnavailableError } from '../errors/failure.ts';

const Probe = defineCommand({
  type: 'com.example.route.probe',
  version: '1.0.0',
  topic: 'route-probes',
  key: 'url',
  description: 'Asks whether something answers at a URL.',
  schema: {
    type: 'object',
    required: ['url'],
    properties: { url: { type: 'string', maxLength: 100 } },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['healthy'],
      properties: { healthy: { type: 'boolean' } },
    },
  },
});
const prober = defineApp({
  ...{ appId: 'prober', description: 'Answers.', port: 8080 },
  subscribes: [Probe],
});
const gateway = defineApp({
  ...{ appId: 'gateway', description: 'Asks.', port: 8080, serves: true },
  requests: [Probe],
  migrations: [{ name: '0100-notes', sql: 'CREATE TABLE notes (text text NOT NULL)' }],
});

let handle: RouteHandler;
let app: TestApp;
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([gateway, prober], { url: inject('postgresUrl') });
  app = new TestApp(
    {
      manifest: gateway,
      routes: (api) => {
        api.post('/first-query', { transaction: 'first-query' }, (...all) => handle(...all));
        api.post('/request', {}, (...all) => handle(...all));
      },
    },
    database,
  );
  app.answer(Probe, () => ({ healthy: true }));
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE notes, outbox, sent_requests'));

const conflict = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });
const write = (tx: RequestTransaction) => tx.query("INSERT INTO notes VALUES ('note')");
const notes = async () => (await database.pool.query('SELECT FROM notes')).rows.length;
const ask = (path = '/first-query') => app.request('POST', path);

const UNFINISHED =
  'the request was not finished: a part of it may have been carried out, repeat it with the same Idempotency-Key';
const UNREACHABLE =
  'something that the request needs cannot be reached: repeat it with the same Idempotency-Key';
const LATE = 'the request took too long, and has changed nothing';

describe('a conflict', () => {
  it('after a commit does not run what is committed again', async () => {
    handle = async (tx) => {
      await write(tx);
      await tx.commit();
      await write(tx);
      throw conflict();
    };
    expect(await ask()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { detail: UNFINISHED },
    });
    expect(await notes()).toBe(1);
  });

  it.each(['/first-query', '/request'])(
    'of %s after a command does not send another',
    async (path) => {
      handle = async () => {
        await requests.send(Probe, { url: 'a' });
        throw conflict();
      };
      expect(await ask(path)).toMatchObject({ status: 503, body: { detail: UNFINISHED } });
      expect(await app.published(Probe)).toHaveLength(1);
    },
  );

  it.each(['/first-query', '/request'])('of %s before any commit runs it again', async (path) => {
    let tries = 0;
    handle = async (tx) => {
      await write(tx);
      if (++tries < 3) {
        throw conflict();
      }
    };
    expect(await ask(path)).toMatchObject({ status: 204 });
    expect([tries, await notes()]).toEqual([3, 1]);
  });
});

describe('the answer', () => {
  const late = () => new TransactionTimeoutError('the transaction took longer than 30 s');
  const down = () => new DependencyUnavailableError('the cache cannot be reached');

  it.each([
    ['a timeout', late, 504, LATE, undefined],
    ['something that cannot be reached', down, 503, UNREACHABLE, '5'],
  ])(
    'to %s says that nothing was changed, or what to do',
    async (_what, error, status, detail, after) => {
      handle = async (tx) => {
        await write(tx);
        throw error();
      };
      const { headers, ...rest } = await ask();
      expect(rest).toMatchObject({ status, body: { detail } });
      expect(headers['retry-after']).toBe(after);
      expect(await notes()).toBe(0);
    },
  );

  it.each([
    ['a timeout', late, 504, '1'],
    ['something that cannot be reached', down, 503, '5'],
  ])('to %s after a commit says that a part may be done', async (_what, error, status, after) => {
    handle = async (tx) => {
      await write(tx);
      await tx.commit();
      await requests.send(Probe, { url: 'a' });
      throw error();
    };
    expect(await ask()).toMatchObject({
      status,
      headers: { 'retry-after': after },
      body: { detail: UNFINISHED },
    });
    expect([await notes(), (await app.published(Probe)).length]).toEqual([1, 1]);
  });
});
