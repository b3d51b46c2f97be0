import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { analyticsAggregator } from './analytics-aggregator/handlers.ts';
import { manifest as analytics } from './analytics-aggregator/manifest.ts';
import { TaskCreated } from './events/index.ts';
import { notificationSender } from './notification-sender/handlers.ts';
import { manifest as notifications } from './notification-sender/manifest.ts';
import { manifest as producer } from './producer/manifest.ts';
import { routes } from './producer/routes.ts';
import { notifications as sendingTo } from '../runtime/effects/notifications.ts';
import { silentLogger } from '../runtime/telemetry/logging.ts';
import { RuntimeMetrics } from '../runtime/telemetry/metrics.ts';
import type { Outgoing } from '../runtime/outbox/publisher.ts';
import { OutboxRelay } from '../runtime/outbox/relay.ts';
import { taskProcessor } from './task-processor/handlers.ts';
import { manifest as tasks } from './task-processor/manifest.ts';
import { createDatabase, type TestDatabase } from '../testing/database.ts';
import { RunningConsumer } from '../testing/running-consumer.ts';
import { serviceApi } from '../runtime/testing/service-api.ts';

/** More of them find more: `FUZZ_RUNS=10000 npx vitest run app-images/tasks/edge-to-effect.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

let database: TestDatabase;
let app: ReturnType<typeof serviceApi>;
let consumers: readonly RunningConsumer[];
let relay: OutboxRelay;

/**
 * Stands in for sidecar and broker, which the end-to-end run has: what the relay publishes in one request, each
 * consumer is delivered in one.
 */
async function publishMany(_topic: string, events: readonly Outgoing[]): Promise<Set<string>> {
  const entries = events.map(
    ({ event }, index) => `{"entryId":"${index}","event":${JSON.stringify(JSON.parse(event))}}`,
  );
  for (const consumer of consumers) {
    const body = `{"id":"bulk","entries":[${entries.join(',')}]}`;
    const answer = await consumer.post(eventRoute(TaskCreated), body, 'application/json');
    const { statuses } = JSON.parse(answer.body) as { statuses: { status: string }[] };
    expect(statuses.map(({ status }) => status)).toEqual(events.map(() => 'SUCCESS'));
  }
  return new Set();
}

/** Nothing is sent: what is scheduled is looked at. */
const sending = sendingTo({ NOTIFICATION_URL: 'http://127.0.0.1:9/' });

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [
    producer,
    tasks,
    notifications,
    analytics,
  ]);
  const { pool } = database;
  const metrics = new RuntimeMetrics();
  const log = silentLogger;
  app = serviceApi(producer, routes, pool);
  consumers = await Promise.all(
    [taskProcessor, notificationSender(sending), analyticsAggregator].map((consumer) =>
      new RunningConsumer(consumer, pool).start(),
    ),
  );
  const publisher = { publishMany, maxBatchSize: Infinity };
  relay = new OutboxRelay({ producer: producer.appId, pool, publisher, metrics, log });
});
afterAll(async () => {
  await app.close();
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await database.drop();
});

async function post(body: Buffer): Promise<{ status: number; id: string; reasons: string[] }> {
  const response = await app.inject({
    method: 'POST',
    url: '/tasks',
    payload: body,
    headers: { 'content-type': 'application/json' },
  });
  const answer = response.json<{ event_id?: string; errors?: { detail: string }[] }>();
  const reasons = (answer.errors ?? []).map(({ detail }) => detail);
  return { status: response.statusCode, id: answer.event_id ?? '', reasons };
}

async function count(statement: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(statement, [...values]);
  return rows[0]!.count;
}

/** Publishes until the outbox is empty: another test's open transaction may hold its horizon back. */
async function drain(): Promise<void> {
  const left = async () => {
    await relay.round();
    return count('SELECT count(*)::int AS count FROM outbox');
  };
  await expect.poll(left, { timeout: 20_000, interval: 5 }).toBe(0);
}

/** How many of the consumers have the effect of an event, in whose place nothing else is. */
async function effects(id: string): Promise<number> {
  return count(
    `SELECT (SELECT count(*) FROM tasks WHERE event_id = $1)::int
       + (SELECT count(*) FROM effects WHERE event_id = $1)::int
       + (SELECT count(*) FROM processed_events WHERE event_id = $1 AND consumer = 'analytics-aggregator')::int AS count`,
    [id],
  );
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 130 }),
  fc.constantFrom(
    '\ud800',
    'a\udc00b',
    '\u0000',
    '\\u0000',
    '\u001b[2J\u009b31m',
    'NULL',
    '{"a":1}',
    '{NULL,"x"}',
    '\\x00',
    '🐘'.repeat(128),
    '🐘'.repeat(500),
    '__proto__',
    '\u2028<&>\ufeff',
    '',
  ),
);
const time = fc.oneof(
  fc
    .date({
      min: new Date(-62_198_755_200_000),
      max: new Date(253_402_300_799_999),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-15:59',
    '9999-12-31T23:59:60Z',
    '2016-12-31T23:59:60Z',
    '2016-12-31T23:59:60.5Z',
    '2026-02-30T00:00:00Z',
    '2026-11-27T10:00:00+16:00',
    '2026-11-27T10:00:00-23:59',
    `2026-11-27T10:00:00.${'9'.repeat(300)}Z`,
    '2026-11-27T23:59:59.999999999Z',
    '2026-11-27t10:00:00z',
    '2026-11-27 10:00:00Z',
    'infinity',
    'now',
  ),
  text,
);
const number = fc.oneof(
  fc.integer({ min: -2 }),
  fc.double(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 63, 1e300, -0, 1.5),
);
/** Something good, and now and then something that may not be. */
function mostly<Good, Wild>(good: fc.Arbitrary<Good>, wild: fc.Arbitrary<Wild>) {
  return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: wild });
}

const task = fc
  .record(
    {
      user_id: mostly(fc.constantFrom('user-1', 'Ünï🐘'), fc.oneof(text, number)),
      title: mostly(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), text),
      description: mostly(fc.string({ maxLength: 60 }), text),
      task_id: mostly(fc.integer({ min: 1 }), number),
      created_at: time,
      more: mostly(fc.constant(undefined), fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' })),
    },
    { requiredKeys: ['user_id', 'title'] },
  )
  .map((value) => Buffer.from(JSON.stringify(value)));
const body = fc.oneof(
  { weight: 8, arbitrary: task },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    // Bytes that are not UTF-8 within what is JSON otherwise.
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 4 })
      .map((bytes) =>
        Buffer.concat([Buffer.from('{"user_id":"u","title":"'), bytes, Buffer.from('"}')]),
      ),
  },
);

describe('from edge to effect', () => {
  it(
    'whatever the producer accepts, every consumer processes, and its neighbours, too',
    { timeout: 900_000 },
    async () => {
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 6 }), async (bodies) => {
          const neighbour = Buffer.from('{"user_id":"neighbour","title":"t"}');
          const ids: string[] = [];
          for (const each of [neighbour, ...bodies, neighbour]) {
            const { status, id, reasons } = await post(each);
            if (status === 202) {
              ids.push(id);
            } else {
              expect(status).toBe(400);
              expect(reasons.length).toBeLessThanOrEqual(11);
            }
          }
          accepted += ids.length - 2;
          await drain();
          for (const id of ids) {
            expect(await effects(id)).toBe(3);
          }
          expect(await count('SELECT count(*)::int AS count FROM quarantine')).toBe(0);
        }),
        { numRuns: RUNS },
      );
      // The generator makes enough of what is accepted to mean something.
      expect(accepted).toBeGreaterThan(RUNS / 2);
    },
  );

  it.each([
    ['a lone surrogate', String.raw`{"user_id":"m","title":"\ud800"}`],
    ['a NUL', String.raw`{"user_id":"m\u0000","title":"t"}`],
    [
      'a year that PostgreSQL does not have',
      '{"user_id":"m","title":"t","created_at":"0000-01-01T00:00:00Z"}',
    ],
    [
      'a zone that PostgreSQL does not take',
      '{"user_id":"m","title":"t","created_at":"2026-01-01T00:00:00+16:00"}',
    ],
    [
      'a fraction of 300 digits',
      `{"user_id":"m","title":"t","created_at":"2026-01-01T00:00:00.${'1'.repeat(300)}Z"}`,
    ],
    [
      'a day after the year 9999',
      '{"user_id":"m","title":"t","created_at":"9999-12-31T23:59:59-01:00"}',
    ],
    [
      'a day that does not exist',
      '{"user_id":"m","title":"t","created_at":"2026-02-30T00:00:00Z"}',
    ],
    ['an integer that JSON rounds', '{"user_id":"m","title":"t","task_id":590518626939830271}'],
    ['a number beyond all doubles', '{"user_id":"m","title":"t","task_id":1e400}'],
    ['deep nesting', `{"user_id":"m","title":"t","x":${'['.repeat(7_000)}${']'.repeat(7_000)}}`],
    [
      '247 KB of unknown properties',
      `{"user_id":"m","title":"t",${Array.from({ length: 20_000 }, (_, n) => `"p${n}":1`).join()}}`,
    ],
    [
      '900 unknown properties',
      `{"user_id":"m","title":"t",${Array.from({ length: 900 }, (_, n) => `"p${n}":1`).join()}}`,
    ],
  ])('answers 400 to %s, briefly, and goes on', async (_what, payload) => {
    const response = await app.inject({
      method: 'POST',
      url: '/tasks',
      payload: Buffer.from(payload),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.statusCode).toBe(400);
    expect(response.body.length).toBeLessThan(4_000);
    const { status, id } = await post(Buffer.from('{"user_id":"m","title":"t"}'));
    expect(status).toBe(202);
    await drain();
    expect(await effects(id)).toBe(3);
  });

  it('takes a leap second, which everybody reads as the next second', async () => {
    const { status, id } = await post(
      Buffer.from('{"user_id":"leap","title":"t","created_at":"2016-12-31T23:59:60Z"}'),
    );
    expect(status).toBe(202);
    await drain();
    const { rows } = await database.pool.query(
      `SELECT (created_at AT TIME ZONE 'UTC')::text AS at FROM tasks WHERE event_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ at: '2017-01-01 00:00:00' }]);
  });
});

describe('an Idempotency-Key that is used again after it was forgotten', () => {
  it('is a new task with a new notification: both, or neither', async () => {
    const again = async () => {
      const response = await app.inject({
        method: 'POST',
        url: '/tasks',
        payload: '{"user_id":"again","title":"t"}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'again' },
      });
      expect(response.statusCode).toBe(202);
      await drain();
    };
    await again();
    await again();
    expect(await effects('again')).toBe(3);
    // Seven days later, in which nothing but the clock has changed.
    const { pool } = database;
    await pool.query(`DELETE FROM idempotency_keys WHERE key = 'again'`);
    for (const table of ['processed_events', 'effects']) {
      await pool.query(`UPDATE ${table} SET event_day = event_day - 7 WHERE event_id = 'again'`);
    }
    await again();
    expect(await effects('again')).toBe(6);
  });
});
