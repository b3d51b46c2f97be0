import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { serviceApi } from '../testing/service-api.ts';
import { checkIfMatch, etagOf, isUnchanged } from './etag.ts';
import { HttpProblem } from './problem.ts';
import { type Api, answer } from './routes.ts';

const manifest = defineApp({
  ...{ appId: 'notes', description: 'Keeps notes.', port: 8080 },
  migrations: [
    { name: '0500-notes', sql: 'CREATE TABLE notes (id int PRIMARY KEY, version int, text text)' },
  ],
});
const NOTE = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' } },
} as const;

function routes(api: Api): void {
  api.get('/notes/:id', {}, async (tx, request) => {
    const { rows } = await tx.query<{ version: number; text: string }>(
      'SELECT version, text FROM notes WHERE id = $1',
      [request.params.id],
    );
    const etag = etagOf(rows[0]!.version);
    return isUnchanged(request, etag)
      ? answer(304, undefined, { etag })
      : answer(200, rows[0], { etag });
  });
  api.put('/notes/:id', { body: NOTE, ifMatch: 'required' }, async (tx, request) => {
    const { rows } = await tx.query<{ version: number }>(
      'SELECT version FROM notes WHERE id = $1 FOR UPDATE',
      [request.params.id],
    );
    checkIfMatch(request, etagOf(rows[0]!.version));
    await tx.query('UPDATE notes SET text = $2, version = version + 1 WHERE id = $1', [
      ...[request.params.id, request.body.text],
    ]);
    return answer(200, request.body, { etag: etagOf(rows[0]!.version + 1) });
  });
  api.get('/constant', {}, () => Promise.resolve({ answer: 42 }));
  api.get('/hides', {}, async (tx) => {
    await tx.query('SELECT 1 / 0').catch(() => undefined);
  });
  api.get('/writes', {}, async (tx) => {
    await tx.query("UPDATE notes SET text = 'written'");
    throw new HttpProblem(409, 'refused after a write');
  });
}

let database: TestDatabase;
let app: ReturnType<typeof serviceApi>;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = serviceApi(manifest, routes, database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(
    `TRUNCATE notes, idempotency_keys; INSERT INTO notes VALUES (1, 7, 'old')`,
  );
});

const put = (text: string, headers: Record<string, string>) =>
  app.inject({
    ...{ method: 'PUT', url: '/notes/1', payload: { text } },
    headers: { 'content-type': 'application/json', ...headers },
  });

async function note(): Promise<unknown> {
  const { rows } = await database.pool.query<object>('SELECT version, text FROM notes');
  return rows[0];
}

describe('optimistic concurrency', () => {
  it('changes the version that the client has seen', async () => {
    const answered = await put('new', { 'if-match': '"3", "7"' });
    expect([answered.statusCode, answered.headers.etag]).toEqual([200, '"8"']);
    expect(await note()).toEqual({ version: 8, text: 'new' });
  });

  it('refuses a change of another version, and of none', async () => {
    expect((await put('new', { 'if-match': 'W/"7"' })).statusCode).toBe(412);
    const stale = await put('new', { 'if-match': '"6"' });
    expect([stale.statusCode, stale.headers.etag]).toEqual([412, '"7"']);
    expect((await put('new', {})).statusCode).toBe(428);
    expect(await note()).toEqual({ version: 7, text: 'old' });
    expect((await put('new', { 'if-match': '*' })).statusCode).toBe(200);
  });

  it('lets one of two concurrent changes win', async () => {
    const answers = await Promise.all([
      put('a', { 'if-match': '"7"' }),
      put('b', { 'if-match': '"7"' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect(await note()).toMatchObject({ version: 8 });
  });

  it('answers a repeated request with the headers of its first answer', async () => {
    const headers = { 'if-match': '"7"', 'idempotency-key': 'k' };
    await put('new', headers);
    const again = await put('new', headers);
    expect(again.headers).toMatchObject({ etag: '"8"', 'idempotency-replayed': 'true' });
    expect(again.statusCode).toBe(200);
    expect(await note()).toEqual({ version: 8, text: 'new' });
  });

  it('tells a client that it has the version already', async () => {
    const get = (etag: string) =>
      app.inject({ url: '/notes/1', headers: { 'if-none-match': etag } });
    expect((await get('"7"')).statusCode).toBe(304);
    expect((await get('W/"7"')).statusCode).toBe(304);
    expect((await get('"6"')).json()).toEqual({ version: 7, text: 'old' });
  });
});

describe('a route that reads', () => {
  it('needs no database where it queries none', async () => {
    const broken = {
      connect: () => Promise.reject(new Error('the database is down')),
    } as unknown as pg.Pool;
    const withoutDatabase = serviceApi(manifest, routes, broken);
    expect((await withoutDatabase.inject('/constant')).json()).toEqual({ answer: 42 });
    expect((await withoutDatabase.inject('/notes/1')).statusCode).toBe(503);
  });

  it('is rolled back when its handler fails, and refused when it hides a failure', async () => {
    expect((await app.inject('/writes')).statusCode).toBe(409);
    expect((await app.inject('/hides')).statusCode).toBe(500);
    expect(await note()).toEqual({ version: 7, text: 'old' });
    expect(database.pool.waitingCount).toBe(0);
  });
});
