import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { eventRoute, IGNORED_EVENTS_ROUTE } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ACKNOWLEDGED, RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
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
      account: { type: 'string', minLength: 1, maxLength: 128 },
      amount: {
        type: 'integer',
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      },
      then: { enum: ['throw', 'hide', 'overflow', 'conflict'] },
    },
  },
});

const manifest = defineApp({
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
  running = await new RunningConsumer(payments, database.pool, {
    maxBodyBytes: 100_000,
  }).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE payments, balances, processed_events, quarantine');
});

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return rows[0]!.count;
}

/** What is in the quarantine. */
async function quarantined(): Promise<unknown[]> {
  const { rows } = await database.pool.query<object>(
    `SELECT consumer, topic, event_type, key, event_id, reason, cause, attempts FROM quarantine ORDER BY id`,
  );
  return rows;
}

/** Whether the consumer still does its work. */
async function goesOn(): Promise<boolean> {
  const { body } = await running.deliver(Paid, 'after', { account: 'b', amount: 1 });
  return body === ACKNOWLEDGED.body;
}

describe('a delivery', () => {
  const data = { account: 'a', amount: 5 };

  it('commits effect and inbox row together', async () => {
    expect(await running.deliver(Paid, '1', data)).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
    const { rows } = await database.pool.query(
      'SELECT consumer, epoch, source, event_id FROM processed_events',
    );
    expect(rows).toEqual([{ consumer: 'payments', epoch: 0, source: '/test', event_id: '1' }]);
  });

  it('is acknowledged without an effect when it is redelivered', async () => {
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

  it.each([
    ['its handler throws', 'throw', 'handler', 'a mistake in the handler', 3],
    ['its handler hid that a statement failed', 'hide', 'handler', /hid the error/, 3],
    ['the database refuses its data', 'overflow', 'data', 'SQLSTATE 22003', 1],
  ])('is quarantined without an effect when %s', async (_why, then, reason, cause, attempts) => {
    expect(await running.deliver(Paid, '1', { ...data, then })).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(0);
    expect(await count('processed_events')).toBe(1);
    expect(await quarantined()).toEqual([
      {
        consumer: 'payments',
        topic: 'bill-paid',
        event_type: Paid.type,
        key: 'a',
        event_id: '1',
        reason,
        cause: expect.stringMatching(cause) as string,
        attempts,
      },
    ]);
    expect(await goesOn()).toBe(true);
  });

  it('is tried again within itself after a deadlock', async () => {
    conflicts = 3;
    expect(await running.deliver(Paid, '1', { ...data, then: 'conflict' })).toEqual(ACKNOWLEDGED);
    expect(await count('payments')).toBe(1);
  });
});

describe('an invalid event is quarantined, and the consumer goes on', () => {
  const route = eventRoute(Paid);
  const event = testEvent(Paid, '1', { account: 'a', amount: 1 });
  const tooLong = 'x'.repeat(513);

  it.each([
    ['no JSON', 'not json', 'malformed'],
    ['nothing', '', 'malformed'],
    ['an array', '[]', 'malformed'],
    ['null', 'null', 'malformed'],
    ['another specversion', { ...event, specversion: '0.3' }, 'malformed'],
    ['no id', { ...event, id: undefined }, 'malformed'],
    ['an empty source', { ...event, source: '' }, 'malformed'],
    ['an id of 1 MB', { ...event, id: 'x'.repeat(90_000) }, 'malformed'],
    ['an id of too many bytes', { ...event, id: tooLong }, 'malformed'],
    ['a source of four-byte characters', { ...event, source: '🐘'.repeat(129) }, 'malformed'],
    ['a NUL in its id', { ...event, id: 'a\u0000b' }, 'malformed'],
    ['half a surrogate pair in its id', { ...event, id: 'a\ud800' }, 'malformed'],
    ['no time', { ...event, time: undefined }, 'malformed'],
    ['a time that is none', { ...event, time: '2026-02-31 10:00' }, 'malformed'],
    ['another type than the route', { ...event, type: 'com.example.other.thing' }, 'contract'],
    ['no data', { ...event, data: undefined }, 'contract'],
    ['data against the schema', { ...event, data: { account: 'a' } }, 'contract'],
    ['a NUL in its data', { ...event, data: { account: 'a\u0000', amount: 1 } }, 'contract'],
    [
      'half a surrogate pair in its data',
      { ...event, data: { account: 'a', amount: 1, note: ['\ud800'] } },
      'contract',
    ],
    ['a time of long ago', { ...event, time: '1970-01-01T00:00:00Z' }, 'time'],
    ['a time before all times', { ...event, time: '0001-01-01T00:00:00+14:00' }, 'malformed'],
    ['a day that does not exist', { ...event, time: '2026-02-30T00:00:00Z' }, 'malformed'],
    ['a leap second of long ago', { ...event, time: '1990-12-31T23:59:60Z' }, 'time'],
    ['a time far ahead', { ...event, time: '2999-01-01T00:00:00Z' }, 'time'],
  ])('%s', async (_what, body, reason) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(await running.post(route, text)).toEqual(ACKNOWLEDGED);
    // It is kept once, however often it comes, and as it came.
    expect(await running.post(route, text)).toEqual(ACKNOWLEDGED);
    const { rows } = await database.pool.query<{ reason: string; event: Buffer }>(
      'SELECT reason, event FROM quarantine',
    );
    expect(rows.map((row) => [row.reason, row.event.toString()])).toEqual([[reason, text]]);
    expect(await count('payments')).toBe(0);
    expect(await goesOn()).toBe(true);
  });

  it('bytes that are no UTF-8', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]);
    expect(await running.post(route, bytes)).toEqual(ACKNOWLEDGED);
    expect(await quarantined()).toMatchObject([{ reason: 'malformed', key: null }]);
    expect(await goesOn()).toBe(true);
  });

  it('and nothing is acknowledged that could not even be read', async () => {
    const body = JSON.stringify({ ...event, padding: 'x'.repeat(200_000) });
    expect((await running.post(route, body)).status).toBe(413);
    expect((await running.post(route, JSON.stringify(event), 'text/plain')).status).toBe(500);
    expect((await running.post(route, JSON.stringify(event), 'application/json')).status).toBe(400);
    expect(await count('quarantine')).toBe(0);
    expect(await goesOn()).toBe(true);
  });

  it('is counted as quarantined', async () => {
    expect(await running.metrics.text()).toMatch(
      /events_consumed_total\{type="com\.example\.bill\.paid",result="quarantined"\} \d+/,
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
    expect((await running.get('/metrics')).status).toBe(404);
  });

  it('is alive, and ready while its tables are there', async () => {
    expect(await running.get('/healthz')).toEqual({ status: 200, body: 'ok' });
    expect(await running.get('/readyz')).toEqual({ status: 200, body: 'ok' });
    await database.pool.query(`DELETE FROM schema_migrations WHERE name = '0100-payments'`);
    await expect.poll(() => running.get('/readyz')).toEqual({ status: 503, body: 'not ready' });
    await database.pool.query(`INSERT INTO schema_migrations VALUES ('0100-payments')`);
    await expect.poll(() => running.get('/readyz')).toEqual({ status: 200, body: 'ok' });
  });

  it('shows its metrics', async () => {
    const { body } = await running.scrape();
    expect(body).toContain('event_processing_seconds_bucket{le="10",type="com.example.bill.paid"');
    expect(body).toContain('events_consumed_total');
  });

  it('measures how long after its own time an event is processed, once for each event', async () => {
    const before = await late();
    const ago = (seconds: number) => ({
      time: new Date(Date.now() - seconds * 1000).toISOString(),
    });
    const paid = { account: 'late', amount: 1 };
    await running.deliver(Paid, 'late-1', paid, ago(20));
    await running.deliver(Paid, 'late-1', paid, ago(20));
    await running.deliver(Paid, 'late-2', { account: 'late' }, ago(20));
    await running.deliver(Paid, 'late-3', { account: 'other', amount: 1 }, ago(-3));
    const after = await late();
    expect(after.within10 - before.within10).toBe(1);
    expect(after.within30 - before.within30).toBe(2);
    expect(after.all - before.all).toBe(2);
  });
});

/** How many events were processed within 10 and 30 seconds after their time. */
async function late(): Promise<{ within10: number; within30: number; all: number }> {
  const { body } = await running.scrape();
  const bucket = (bound: string) =>
    Number(
      body
        .split('\n')
        .find((line) =>
          line.startsWith(`event_delivery_seconds_bucket{le="${bound}",type="${Paid.type}"}`),
        )
        ?.split(' ')
        .at(-1) ?? 0,
    );
  return { within10: bucket('10'), within30: bucket('30'), all: bucket('+Inf') };
}
