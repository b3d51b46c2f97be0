import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import {
  eventRoute,
  IGNORED_EVENTS_ROUTE,
  undeclaredRoute,
} from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool, { maxBodyBytes: 50_000 }).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});

/** Texts with everything in them that databases and parsers stumble over. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '\u0000',
    '\ud800',
    '{}',
    '\\x00',
    'a'.repeat(600),
    '__proto__',
    '🐘'.repeat(200),
  ),
);
const json = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
/** An event of which each part may be anything. */
const event = fc
  .record(
    {
      id: fc.oneof(text, json),
      source: fc.oneof(text, json),
      type: fc.oneof(fc.constant(Paid.type), text),
      specversion: fc.oneof({ weight: 4, arbitrary: fc.constant('1.0') }, json),
      time: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        text,
        json,
      ),
      data: fc.oneof(
        fc.record({ account: text, amount: fc.oneof(fc.integer(), fc.double()) }),
        json,
      ),
      traceparent: fc.oneof(text, json),
    },
    { requiredKeys: [] },
  )
  .map((changes) => ({ ...testEvent(Paid, 'fuzz', { account: 'f', amount: 1 }), ...changes }));
const path = fc.constantFrom(
  eventRoute(Paid),
  undeclaredRoute('bill-paid'),
  IGNORED_EVENTS_ROUTE,
  '/',
  '/x',
);
const contentType = fc.constantFrom(
  'application/cloudevents+json',
  'application/cloudevents+json; charset=utf-8',
  'application/json',
  'text/plain',
  '',
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  event.map((value) => JSON.stringify(value)),
  fc
    .array(fc.oneof(event, json), { maxLength: 5 })
    .map((events) =>
      JSON.stringify({ entries: events.map((value, n) => ({ entryId: String(n), event: value })) }),
    ),
  json.map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify({ entries: value })),
);

/** More of them find more: `FUZZ_RUNS=10000 npx vitest run app-images/runtime/events/fuzz.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
let alive = 0;

it(
  'whatever is delivered is answered, never with 404, and never acknowledged without a trace',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(path, contentType, body, async (to, type, content) => {
        await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
        const answer = await running.post(to, content, type);
        expect(answer.status).not.toBe(404);
        expect(answer.status).toBeLessThan(504);
        const known = to === eventRoute(Paid) || to === undeclaredRoute('bill-paid');
        if (known && answer.status === 200) {
          const acknowledged = new Set(
            answer.body.includes('statuses')
              ? (JSON.parse(answer.body) as { statuses: { status: string }[] }).statuses.map(
                  ({ status }) => status,
                )
              : [(JSON.parse(answer.body) as { status: string }).status],
          );
          // Nothing in the way: all of it has an effect or is in the quarantine.
          expect([...acknowledged].filter((status) => status !== 'SUCCESS')).toEqual([]);
          const { rows } = await database.pool.query<{ kept: number }>(
            'SELECT (SELECT count(*) FROM ledger)::int + (SELECT count(*) FROM quarantine)::int AS kept',
          );
          expect(rows[0]!.kept > 0).toBe(acknowledged.size > 0);
        }
      }),
      { numRuns: RUNS },
    );
  },
);

it('and the consumer goes on', async () => {
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
  const id = `after-${alive++}`;
  await running.deliver(Paid, id, { account: 'x', amount: 1 });
  expect(await ledgerIds(database.pool)).toEqual([id]);
});
