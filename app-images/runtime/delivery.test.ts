import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  defineEvent,
  defineImage,
  IGNORED_EVENTS_ROUTE,
} from '../../constructs/contracts/index.ts';
import { createDatabase, type TestDatabase } from '../testing/database.ts';
import { ACKNOWLEDGED, DEAD_LETTERED, RunningConsumer } from '../testing/running-consumer.ts';
import { consumer, each } from './consumer.ts';

const Paid = defineEvent({
  type: 'com.example.bill.paid',
  version: '1.0.0',
  topic: 'bill-paid',
  key: 'account',
  description: 'A bill was paid.',
  schema: {
    type: 'object',
    required: ['account', 'amount'],
    properties: {
      account: { type: 'string', minLength: 1 },
      amount: { type: 'integer' },
      then: { enum: ['throw', 'hide', 'overflow', 'conflict'] },
    },
  },
});

const manifest = defineImage({
  appId: 'payments',
  description: 'Adds payments up.',
  port: 8080,
  subscribes: [Paid],
  migrations: [
    {
      name: '0100-payments',
      sql: `CREATE TABLE payments (id bigint GENERATED ALWAYS AS IDENTITY, event_id text, amount int);
            CREATE TABLE balances (account text PRIMARY KEY, balance bigint NOT NULL);`,
    },
  ],
});

let conflicts = 0;
const payments = consumer(
  manifest,
  each(Paid, async (tx, { id, data }) => {
    await tx.query('INSERT INTO payments (event_id, amount) VALUES ($1, $2)', [id, data.amount]);
    await tx.query(
      `INSERT INTO balances AS b VALUES ($1, $2)
       ON CONFLICT (account) DO UPDATE SET balance = b.balance + excluded.balance`,
      [data.account, data.amount],
    );
    if (data.then === 'throw') {
      throw new Error('a mistake in the handler');
    } else if (data.then === 'hide') {
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    } else if (data.then === 'overflow') {
      await tx.query('SELECT 2147483647 + $1::int', [1]);
    } else if (data.then === 'conflict' && conflicts-- > 0) {
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    }
  }),
);

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  running = await new RunningConsumer(payments, database.pool, 100_000).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE payments, balances, processed_events');
});

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return rows[0]!.count;
}

/** Whether the consumer still does its work. */
async function goesOn(): Promise<boolean> {
  const { body } = await running.deliver(Paid, 'after', { account: 'a', amount: 1 });
  return body === ACKNOWLEDGED.body;
}

describe('a delivery', () => {
  const data = { account: 'a', amount: 5 };

  it('commits effect and inbox row together', async () => {
    expect(await running.deliver(Paid, '1', data)).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
    const { rows } = await database.pool.query(
      'SELECT consumer, source, event_id, event_type FROM processed_events',
    );
    expect(rows).toEqual([
      { consumer: 'payments', source: '/test', event_id: '1', event_type: Paid.type },
    ]);
  });

  it('is acknowledged without an effect when it comes again', async () => {
    await running.deliver(Paid, '1', data);
    expect(await running.deliver(Paid, '1', data)).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
  });

  it('is another event when its source is another', async () => {
    await running.deliver(Paid, '1', data);
    await running.deliver(Paid, '1', data, { source: '/other' });
    expect(await count('payments')).toBe(2);
  });

  it('has one effect, however many copies come at the same time', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 60 }, () => running.deliver(Paid, 'same', data)),
      ...Array.from({ length: 100 }, (_, n) =>
        running.deliver(Paid, `other-${n % 50}`, { account: `a${n % 7}`, amount: 1 }),
      ),
    ]);
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([ACKNOWLEDGED.body]));
    expect(await count('payments')).toBe(51);
    const { rows } = await database.pool.query<{ total: string }>(
      'SELECT sum(balance) AS total FROM balances',
    );
    expect(Number(rows[0]!.total)).toBe(55);
  });

  it('leaves neither effect nor inbox row when its handler throws, and is tried again', async () => {
    const { status, body } = await running.deliver(Paid, '1', { ...data, then: 'throw' });
    expect(status).toBe(500);
    expect(body).toContain('RETRY');
    expect(await count('payments')).toBe(0);
    expect(await count('processed_events')).toBe(0);
    expect(await running.deliver(Paid, '1', data)).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
  });

  it('is not acknowledged when a handler hid that a statement failed', async () => {
    const { status } = await running.deliver(Paid, '1', { ...data, then: 'hide' });
    expect(status).toBe(500);
    expect(await count('payments')).toBe(0);
    expect(await count('processed_events')).toBe(0);
  });

  it('goes to the dead letters when the database refuses its data for good', async () => {
    expect(await running.deliver(Paid, '1', { ...data, then: 'overflow' })).toEqual(DEAD_LETTERED);
    expect(await count('payments')).toBe(0);
    expect(await goesOn()).toBe(true);
  });

  it('is tried again within itself after a deadlock', async () => {
    conflicts = 3;
    expect(await running.deliver(Paid, '1', { ...data, then: 'conflict' })).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
  });
});

describe('what is no event of the contract goes to the dead letters, and the consumer goes on', () => {
  const route = `/events/${Paid.type}`;
  const event = {
    specversion: '1.0',
    id: '1',
    source: '/test',
    type: Paid.type,
    data: { account: 'a', amount: 1 },
  };

  it.each([
    ['no JSON', 'not json'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['another specversion', JSON.stringify({ ...event, specversion: '0.3' })],
    ['no id', JSON.stringify({ ...event, id: undefined })],
    ['an empty source', JSON.stringify({ ...event, source: '' })],
    ['an id of 1 MB', JSON.stringify({ ...event, id: 'x'.repeat(90_000) })],
    ['a NUL in its id', JSON.stringify({ ...event, id: 'a\u0000b' })],
    ['another type than the route', JSON.stringify({ ...event, type: 'com.example.other.thing' })],
    ['no data', JSON.stringify({ ...event, data: undefined })],
    ['data against the schema', JSON.stringify({ ...event, data: { account: 'a' } })],
    [
      'a NUL that reaches the database',
      JSON.stringify({ ...event, data: { account: 'a\u0000', amount: 1 } }),
    ],
    ['a body over the limit', JSON.stringify({ ...event, padding: 'x'.repeat(200_000) })],
  ])('%s', async (_what, body) => {
    expect(await running.post(route, body)).toEqual(DEAD_LETTERED);
    expect(await count('payments')).toBe(0);
    expect(await goesOn()).toBe(true);
  });

  it('bytes that are no UTF-8', async () => {
    expect(await running.post(route, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))).toEqual(
      DEAD_LETTERED,
    );
    expect(await goesOn()).toBe(true);
  });

  it('is counted as invalid', async () => {
    expect(await running.metrics.text()).toMatch(
      /events_consumed_total\{type="com\.example\.bill\.paid",result="invalid"\} \d+/,
    );
  });
});

describe('the server', () => {
  it('never answers a delivery with 404, which would lose the event', async () => {
    expect((await running.post('/events/com.example.nobody.knows', '{}')).status).toBe(500);
    expect((await running.post('/', '{}')).status).toBe(500);
  });

  it('acknowledges what it is told to ignore', async () => {
    expect(await running.post(IGNORED_EVENTS_ROUTE, '{}')).toEqual(ACKNOWLEDGED);
  });

  it('has no subscriptions of its own, and no page', async () => {
    expect(await running.get('/dapr/subscribe')).toEqual({ status: 200, body: '[]' });
    expect((await running.get('/')).status).toBe(404);
  });

  it('is alive, and ready while its tables are there', async () => {
    expect(await running.get('/healthz')).toEqual({ status: 200, body: 'ok' });
    expect(await running.get('/readyz')).toEqual({ status: 200, body: 'ok' });
    await database.pool.query(`DELETE FROM schema_migrations WHERE name = '0100-payments'`);
    await expect
      .poll(() => running.get('/readyz'))
      .toEqual({ status: 503, body: 'migrations not applied: 0100-payments' });
    await database.pool.query(`INSERT INTO schema_migrations VALUES ('0100-payments')`);
    await expect.poll(() => running.get('/readyz')).toEqual({ status: 200, body: 'ok' });
  });

  it('shows its metrics', async () => {
    const { body } = await running.get('/metrics');
    expect(body).toContain('event_processing_seconds_bucket{le="10"');
    expect(body).toContain('events_consumed_total');
  });
});
