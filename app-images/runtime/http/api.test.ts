import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { Paid } from '../../testing/ledger.ts';
import { serviceApi } from '../testing/service-api.ts';
import { HttpProblem } from './problem.ts';
import { Api, answer } from './routes.ts';
import { forgetAnswers } from './idempotency.ts';

const Placed = defineEvent({ ...Paid, type: 'com.example.order.placed', topic: 'order-placed' });
const manifest = defineApp({
  appId: 'orders',
  description: 'Takes orders.',
  port: 8080,
  publishes: [Placed],
  migrations: [
    { name: '0500-orders', sql: 'CREATE TABLE orders (id text PRIMARY KEY, amount int)' },
  ],
});

const ORDER = {
  type: 'object',
  required: ['account', 'amount'],
  properties: { account: { type: 'string', maxLength: 64 }, amount: { type: 'integer' } },
  additionalProperties: false,
} as const;
const LIMIT = {
  type: 'object',
  properties: { limit: { type: 'integer', minimum: 1 } },
} as const;

/** What the handler of POST does after its writes. */
let then: () => Promise<void> | void = () => undefined;
let committed = 0;

function routes(api: Api): void {
  api.post('/orders', { body: ORDER }, async (tx, { id, body }) => {
    await tx.query('INSERT INTO orders VALUES ($1, $2)', [id, body.amount]);
    await tx.publish(Placed, body);
    await then();
    return answer(201, { id }, { location: `/orders/${id}` });
  });
  api.get('/orders', { query: LIMIT }, async (tx, { query: { limit = 10 } }) => {
    const { rows } = await tx.query<{ id: string }>('SELECT id FROM orders ORDER BY id LIMIT $1', [
      limit,
    ]);
    return rows.map(({ id }) => id);
  });
  api.get('/orders/:id', {}, async (tx, { params }) => {
    const { rows } = await tx.query<object>('SELECT * FROM orders WHERE id = $1', [params.id]);
    if (rows.length === 0) {
      throw new HttpProblem(404, `there is no order '${params.id!}'`);
    }
    return rows[0];
  });
  api.delete('/orders/:id', { idempotencyKeyRequired: true }, async (tx, { params }) => {
    await tx.query('DELETE FROM orders WHERE id = $1', [params.id]);
  });
}

let database: TestDatabase;
let app: ReturnType<typeof serviceApi>;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = serviceApi(manifest, routes, database.pool, { committed: () => committed++ });
});
afterAll(() => database.drop());
beforeEach(async () => {
  then = () => undefined;
  committed = 0;
  await database.pool.query('TRUNCATE orders, outbox, idempotency_keys');
});

const order = { account: 'a', amount: 3 };

function post(payload: unknown = order, headers: Record<string, string> = {}, to = app) {
  return to.inject({
    method: 'POST',
    url: '/orders',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Events in the outbox. */
async function outbox(): Promise<Record<string, unknown>[]> {
  const { rows } = await database.pool.query<{ event: Record<string, unknown> }>(
    'SELECT event::json AS event FROM outbox ORDER BY position',
  );
  return rows.map(({ event }) => event);
}

async function count(table: 'orders' | 'outbox' | 'idempotency_keys'): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return rows[0]!.count;
}

describe('a route', () => {
  it('commits what it writes and publishes before it answers', async () => {
    const response = await post();
    const { id } = response.json<{ id: string }>();
    expect([response.statusCode, response.headers.location]).toEqual([201, `/orders/${id}`]);
    expect(await outbox()).toEqual([
      expect.objectContaining({
        source: '/orders',
        causationid: id,
        correlationid: id,
        data: order,
      }),
    ]);
    expect(committed).toBe(1);
  });

  it('commits nothing when it throws', async () => {
    then = () => Promise.reject(new Error('secret'));
    const response = await post();
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      500,
      'application/problem+json; charset=utf-8',
    ]);
    expect(response.body).not.toContain('secret');
    expect([await count('orders'), await count('outbox')]).toEqual([0, 0]);
  });

  it('answers with what it returns, and with parts of its path and query', async () => {
    await post(order, { 'idempotency-key': 'b' });
    await post(order, { 'idempotency-key': 'a' });
    const get = async (url: string) => {
      const { statusCode, body } = await app.inject({ url });
      return [statusCode, body];
    };
    expect(await get('/orders?limit=1')).toEqual([200, '["a"]']);
    expect(await get('/orders/b')).toEqual([200, '{"id":"b","amount":3}']);
    expect((await get('/orders/c'))[0]).toBe(404);
    expect((await get('/orders?limit=0'))[0]).toBe(400);
    expect((await get('/orders?limit=x'))[0]).toBe(400);
  });

  it('answers nothing with 204', async () => {
    const { statusCode, body } = await app.inject({
      method: 'DELETE',
      url: '/orders/a',
      headers: { 'idempotency-key': 'd' },
    });
    expect([statusCode, body]).toEqual([204, '']);
  });

  it('is tried again when it is in the way of another transaction', async () => {
    let tries = 0;
    then = () => {
      if (++tries < 3) {
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }
    };
    expect((await post()).statusCode).toBe(201);
    expect([tries, await count('orders')]).toEqual([3, 1]);
  });

  it.each([
    ['/healthz', 'leave paths such as /healthz and /events to the runtime'],
    ['/events/x', 'leave paths such as /healthz and /events to the runtime'],
    ['orders', "begin with '/'"],
  ])('cannot be %s', (path, problem) => {
    expect(() => new Api().get(path, {}, () => Promise.resolve())).toThrow(problem);
  });

  it('is declared once', () => {
    const api = new Api();
    routes(api);
    expect(() => routes(api)).toThrow("route 'POST /orders' is declared twice: keep one");
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'order-1' };

  it('has a request done once, and answered as before', async () => {
    const first = await post(order, headers);
    const again = await post({ amount: order.amount, account: order.account }, headers);
    expect([again.statusCode, again.body]).toEqual([201, first.body]);
    expect([first, again].map((response) => response.headers['idempotency-replayed'])).toEqual([
      undefined,
      'true',
    ]);
    expect([await count('orders'), await count('outbox')]).toEqual([1, 1]);
  });

  it('has requests that come at once done once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(order, headers)));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(await count('orders')).toBe(1);
  });

  it('gives the event of a repeated request the same id', async () => {
    await post(order, headers);
    const [first] = await outbox();
    await database.pool.query('TRUNCATE orders, outbox, idempotency_keys');
    await post(order, headers);
    expect((await outbox())[0]!.id).toBe(first!.id);
    await post(order, { 'idempotency-key': 'order-2' });
    expect((await outbox())[1]!.id).not.toBe(first!.id);
  });

  it('is not used up by a request that fails', async () => {
    then = () => Promise.reject(new HttpProblem(409, 'the account is closed'));
    const refused = await post(order, headers);
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      { type: 'about:blank', title: 'Conflict', status: 409, detail: 'the account is closed' },
    ]);
    then = () => undefined;
    expect((await post(order, headers)).statusCode).toBe(201);
  });

  it('of another request is refused', async () => {
    await post(order, headers);
    const other = await post({ ...order, amount: 4 }, headers);
    expect([other.statusCode, other.json<{ detail: string }>().detail]).toEqual([
      422,
      'this Idempotency-Key was used for another request: use a new one',
    ]);
    expect(await count('orders')).toBe(1);
  });

  it.each(['with space', 'x'.repeat(201)])('that is not one is refused: %s', async (key) => {
    expect((await post(order, { 'idempotency-key': key })).statusCode).toBe(400);
  });

  it('is asked for where a route wants one', async () => {
    const response = await app.inject({ method: 'DELETE', url: '/orders/a' });
    expect([response.statusCode, response.json<{ detail: string }>().detail]).toEqual([
      400,
      'the header Idempotency-Key is missing: send a new one with each new request',
    ]);
  });

  it('is forgotten after a week', async () => {
    await post(order, headers);
    await post(order, { 'idempotency-key': 'order-2' });
    await database.pool.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '8 days' WHERE key = 'order-1'`,
    );
    await forgetAnswers(database.pool, 'orders');
    expect(await count('idempotency_keys')).toBe(1);
  });
});

describe('a request that is refused', () => {
  it('gets a problem that says what is wrong where', async () => {
    const response = await post({ account: 1, extra: true });
    expect([response.statusCode, response.json()]).toEqual([
      400,
      {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'the body is not valid',
        errors: [
          { detail: "must have required property 'amount'", pointer: '#' },
          { detail: 'must NOT have additional properties extra', pointer: '#' },
          { detail: 'must be string', pointer: '#/account' },
        ],
      },
    ]);
    expect(await count('orders')).toBe(0);
  });

  it('gets no more reasons than anybody reads', async () => {
    const extra = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, 1]));
    const { errors } = (await post({ ...order, ...extra })).json<{ errors: object[] }>();
    expect([errors.length, errors.at(-1)]).toEqual([11, { detail: 'and 40 more' }]);
  });

  it.each([
    ['{"account":', {}, 400],
    ['', {}, 400],
    ['"\\ud800"', {}, 400],
    ['account=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [JSON.stringify({ ...order, account: 'x'.repeat(300_000) }), {}, 413],
    [JSON.stringify('['.repeat(40) + ']'.repeat(40)), {}, 400],
  ])('is refused by what it is: case %#', async (payload, headers, status) => {
    const response = await post(payload, headers);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it('is told what there is not', async () => {
    const response = await app.inject({ url: '/nowhere?x=1' });
    expect([response.statusCode, response.json<{ detail: string }>().detail]).toEqual([
      404,
      'no route GET /nowhere',
    ]);
  });

  it('is answered 503 with Retry-After when the database is unavailable', async () => {
    then = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const response = await post();
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5']);
    expect(response.json<{ detail: string }>().detail).toContain('Idempotency-Key');
  });
});
