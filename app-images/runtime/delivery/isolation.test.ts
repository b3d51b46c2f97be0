import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerFaults, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { deliverTexts, eventWith } from '../../testing/raw-delivery.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { EVENT_LIMITS } from '../events/json.ts';

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  ledgerFaults.before = () => undefined;
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

function good(id: string): string {
  return eventWith(id, `{"account":"${id}","amount":1}`);
}

const deliver = (events: readonly string[]) => deliverTexts(running, events);

async function quarantined(): Promise<{ event: Buffer; reason: string; cause: string }[]> {
  const { rows } = await database.pool.query<{ event: Buffer; reason: string; cause: string }>(
    'SELECT event, reason, cause FROM quarantine ORDER BY id',
  );
  return rows;
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('one bad event in a delivery', () => {
  it.each([
    [
      'nested 7,000 deep, against its contract',
      eventWith('bad', `{"account":1,"x":${nested(7_000)}}`),
    ],
    ['nested as deep as one may dare', eventWith('bad', nested(500_000))],
    ['of a number beyond all numbers', eventWith('bad', '{"account":"a","amount":1e400}')],
    [
      'of an integer that JSON rounds',
      eventWith('bad', '{"account":"a","amount":590518626939830271}'),
    ],
    [
      'of a lone surrogate',
      eventWith('bad', String.raw`{"account":"a","amount":1,"note":"\ud800"}`),
    ],
    ['of a name with a NUL', eventWith('bad', String.raw`{"account":"a","amount":1,"x\u0000":1}`)],
    ['of names that are there twice', eventWith('bad', '{"account":"a","amount":1,"amount":"x"}')],
    [
      'of a megabyte of []',
      eventWith('bad', `{"account":"a","amount":1,"x":[${'[],'.repeat(333_000)}[]]}`),
    ],
    ['of 50,000 unknown wrong properties', eventWith('bad', `[${'{},'.repeat(50_000)}{}]`)],
    ['that is a text', '"bm90IGpzb24="'],
    ['that is nothing', 'null'],
    ['that is a number', '12'],
    ['with an id that is an object', eventWith('bad', '{}').replace('"bad"', '{"a":[1]}')],
  ])('%s: is quarantined with its bytes, and 20 others are processed', async (_what, bad) => {
    const ids = Array.from({ length: 20 }, (_, n) => `good-${n}`);
    const statuses = await deliver([bad, ...ids.map(good)]);
    expect(statuses).toEqual(Array(21).fill('SUCCESS'));
    expect((await ledgerIds(database.pool)).sort()).toEqual([...ids].sort());
    const [kept, ...more] = await quarantined();
    expect(more).toEqual([]);
    expect(kept!.event.toString()).toBe(bad.startsWith('"') ? 'not json' : bad);
    expect(kept!.cause.length).toBeLessThan(4_000);
  });

  it('is told from its neighbours whatever it is', { timeout: 600_000 }, async () => {
    const json = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
    const wild = fc.oneof(
      json.map((value) => JSON.stringify(value)),
      json.map((value) => eventWith('wild', JSON.stringify(value))),
      fc
        .record(
          {
            account: fc.string({ unit: 'binary' }),
            amount: fc.oneof(fc.integer(), fc.double()),
            then: fc.constantFrom('overflow', 'no'),
          },
          { requiredKeys: [] },
        )
        .map((data) => eventWith('wild', JSON.stringify(data))),
      fc
        .tuple(fc.constantFrom('id', 'source', 'type', 'time', 'specversion', 'traceparent'), json)
        .map(([name, value]) =>
          JSON.stringify({
            ...testEvent(Paid, 'wild', { account: 'w', amount: 1 }),
            [name]: value,
          }),
        ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(wild, { maxLength: 4 }), async (events) => {
        await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
        const statuses = await deliver([good('before'), ...events, good('after')]);
        expect(statuses).toEqual(Array(events.length + 2).fill('SUCCESS'));
        const processed = await ledgerIds(database.pool);
        expect(processed).toContain('before');
        expect(processed).toContain('after');
        // Byte by byte as it came.
        const arrived = new Set(
          events.map((event) =>
            event.startsWith('"')
              ? Buffer.from(JSON.parse(event) as string, 'base64').toString('hex')
              : Buffer.from(event).toString('hex'),
          ),
        );
        for (const { event } of await quarantined()) {
          expect(arrived).toContain(event.toString('hex'));
        }
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
  });
});

describe('bounds of an event hold at the limit', () => {
  it('of its depth', async () => {
    // The envelope and its data are two levels.
    const data = (depth: number) => `{"account":"a","amount":1,"x":${nested(depth)}}`;
    const { depth } = EVENT_LIMITS;
    await deliver([eventWith('fits', data(depth - 2)), eventWith('too-deep', data(depth - 1))]);
    expect(await ledgerIds(database.pool)).toEqual(['fits']);
    const causes = (await quarantined()).map(({ reason, cause }) => [reason, cause]);
    expect(causes).toEqual([
      ['malformed', `the JSON is nested deeper than ${depth} arrays and objects`],
    ]);
  });

  it('of its values', async () => {
    const data = (zeros: number) =>
      `{"account":"a","amount":1,"x":[${Array<number>(zeros).fill(0).join()}]}`;
    const outside = good('x').split(/[[{,]/).length + 1;
    const { values } = EVENT_LIMITS;
    await deliver([eventWith('fits', data(values - outside)), eventWith('too-many', data(values))]);
    expect(await ledgerIds(database.pool)).toEqual(['fits']);
    const causes = (await quarantined()).map(({ cause }) => cause);
    expect(causes).toEqual([`the JSON has more than ${values} values`]);
  });

  it('of a delivery: it is processed in parts, and stops at the first that must be redelivered', async () => {
    const large = (id: string) =>
      eventWith(id, `{"account":"a","amount":1,"x":[${Array(99_000).fill(0).join()}]}`);
    const ids = ['1', '2', '3', '4', '5', '6', '7'];
    const parts: (readonly string[])[] = [];
    ledgerFaults.before = (part) => void parts.push(part);
    expect(await deliver(ids.map(large))).toEqual(Array(7).fill('SUCCESS'));
    expect(parts).toEqual(ids.map((id) => [id]));
    expect(await ledgerIds(database.pool)).toEqual(ids);
    ledgerFaults.before = (part) => {
      if (part.includes('9')) {
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }
    };
    const statuses = await deliver(['8', '9', '10'].map(large));
    expect(statuses).toEqual(['SUCCESS', 'RETRY', 'RETRY']);
    expect(await ledgerIds(database.pool)).toEqual([...ids, '8']);
  });
});

describe('a consumer under bodies that take too much', () => {
  it('quarantines 32 events of a megabyte of [] and one nested body of 16 MB, within its memory', async () => {
    const bad = (n: number) => eventWith(`bad-${n}`, `[${'[],'.repeat(349_000)}[]]`);
    const before = process.memoryUsage().rss;
    const statuses = await deliver([...Array.from({ length: 32 }, (_, n) => bad(n)), good('1')]);
    expect(statuses).toEqual(Array(33).fill('SUCCESS'));
    const body = eventWith('deep', nested(8 * 1024 * 1024));
    expect((await running.post(eventRoute(Paid), body)).status).toBe(200);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    const { rows } = await database.pool.query<{ count: number; bytes: string }>(
      'SELECT count(*)::int AS count, sum(length(event))::int AS bytes FROM quarantine',
    );
    expect(rows).toEqual([{ count: 33, bytes: 32 * bad(10).length + body.length - 10 }]);
    // The test itself has the bodies as texts, too.
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 1024 * 1024);
  });

  /** A request whose body comes byte by byte, without a length, and does not end. */
  function unfinished(port: number): { end: () => void; status: Promise<number> } {
    const open = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: eventRoute(Paid),
      headers: { 'content-type': 'application/cloudevents+json', 'transfer-encoding': 'chunked' },
    });
    const status = new Promise<number>((resolve) => {
      open.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      open.on('error', () => resolve(0));
    });
    open.write('x');
    return { end: () => open.end(), status };
  }

  it('counts bytes as they come: requests without a length keep nobody out', async () => {
    const open = Array.from({ length: 20 }, () => unfinished(running.port));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await deliver([good('1')])).toEqual(['SUCCESS']);
    open.forEach(({ end }) => end());
    expect(await Promise.all(open.map(({ status }) => status))).toEqual(Array(20).fill(200));
  });

  it('refuses what is beyond its bytes, answers, and goes on', async () => {
    const small = await new RunningConsumer(ledger, database.pool, { maxBytes: 3_000 }).start();
    const event = JSON.stringify(
      testEvent(Paid, 'big', { account: 'a', amount: 1, x: 'x'.repeat(4_000) }),
    );
    const answer = await small.post(eventRoute(Paid), event);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      503,
      { status: 'RETRY', reason: expect.stringContaining('of 3000 bytes are in use') as string },
    ]);
    expect((await small.deliver(Paid, '1', { account: 'a', amount: 1 })).status).toBe(200);
    await small.stop();
  });

  it('hangs up on clients that send no request, headers without an end, or a body without an end', async () => {
    const hasty = await new RunningConsumer(ledger, database.pool, { requestTimeout: 500 }).start();
    const closed = [
      '',
      'POST / HTTP/1.1\r\nHost: a\r\nX-',
      'POST /events/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx',
    ].map(
      (text) =>
        new Promise<string>((resolve) => {
          const socket = connect(hasty.port, '127.0.0.1', () => socket.write(text));
          socket.on('close', () => resolve('closed')).resume();
          socket.on('error', () => undefined);
        }),
    );
    expect(await Promise.all(closed)).toEqual(['closed', 'closed', 'closed']);
    const large = await hasty.post('/', 'x', 'text/plain', { 'x-large': 'x'.repeat(20_000) });
    expect(large.status).toBe(431);
    await hasty.stop();
  });
});
