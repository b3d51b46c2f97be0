import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { deadLetters } from '../dead-letters/commands.ts';
import { DeadLetterReceiver } from '../dead-letters/dead-letter-receiver.ts';
import { QuarantineStore } from '../quarantine/quarantine-store.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  ledger,
  ledgerFaults,
  ledgerIds,
  ledgerKeys,
  ledgerManifest,
  Paid,
  quarantinedIds,
} from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { jsonPart } from '../events/json.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

let database: TestDatabase;
let running: RunningConsumer;
let working: NodeJS.Timeout | undefined;
let lines: string[] = [];

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  ledgerFaults.mended = false;
  lines = [];
  clearTimeout(working);
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

const ids = (account?: string) => ledgerIds(database.pool, account);
const quarantined = () => quarantinedIds(database.pool);

function paid(id: string, account: string, more: object = {}): object {
  return testEvent(Paid, id, { account, amount: 1, ...more });
}

/** Runs a command, with the consumer at its work, and returns its exit code. */
async function run(...args: string[]): Promise<number> {
  const stopped = new AbortController();
  const work = (async () => {
    while (!stopped.signal.aborted) {
      if ((await running.replayer.round()) === 0) {
        await new Promise((resolve) => (working = setTimeout(resolve, 20)));
      }
    }
  })();
  const code = await deadLetters(args, () => new QuarantineStore(database.pool), {
    out: (line) => lines.push(line),
    timeout: 2_000,
  });
  stopped.abort();
  await work;
  return code;
}

/** Processes what is due in the ledger, to its end. */
async function workOff(): Promise<void> {
  while ((await running.replayer.round()) > 0);
}

async function twoKinds(): Promise<void> {
  await running.deliverMany(Paid, [
    paid('1', 'a', { then: 'overflow' }),
    paid('2', 'a'),
    paid('3', 'b', { then: 'mistake' }),
    paid('4', 'c', { then: 'overflow' }),
    paid('5', 'a'),
  ]);
  expect((await quarantined()).sort()).toEqual([
    '1 data',
    '2 parked',
    '3 handler',
    '4 data',
    '5 parked',
  ]);
}

describe('dead-letters list', () => {
  it('groups by cause, with what waits behind', async () => {
    await twoKinds();
    expect(await run('list')).toBe(0);
    expect(lines[0]).toBe(`      2  ledger  bill-paid  ${Paid.type}  data: SQLSTATE 22003`);
    expect(lines[1]).toMatch(/from .*Z to .*Z, 2 wait behind them$/);
    expect(lines[2]).toContain('handler: a mistake in the handler');
    expect(lines.at(-1)).toBe('3 events of 2 causes, 2 parked behind them');
  });

  it.each([
    [['--key', 'b'], 1],
    [['--reason', 'data'], 2],
    [['--cause', '22003'], 2],
    [['--consumer', 'nobody'], 0],
    [['--topic', 'bill-paid', '--type', Paid.type], 3],
    [['--since', '1h'], 3],
    [['--until', '1h'], 0],
    [['--reason', 'parked'], 2],
  ])('goes by %j', async (filter, events) => {
    await twoKinds();
    expect(await run('list', ...filter)).toBe(0);
    expect(lines.at(-1)).toMatch(new RegExp(`^${events} events`));
  });
});

describe('dead-letters show', () => {
  it('shows one event with what went wrong', async () => {
    await twoKinds();
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT id FROM quarantine WHERE event_id = '3'`,
    );
    expect(await run('show', rows[0]!.id)).toBe(0);
    const text = lines.join('\n');
    expect(text).toMatch(/cause +a mistake in the handler/);
    expect(text).toMatch(/stack +Error: a mistake in the handler\n +at /);
    expect(text).toMatch(/attempts +3/);
    expect(text).toContain('"account":"b"');
    expect(await run('show', '999999')).toBe(1);
  });
});

describe('dead-letters replay', () => {
  it('has events processed under their ids, and those behind them in the order of their key', async () => {
    await twoKinds();
    ledgerFaults.mended = true;
    expect(await run('replay')).toBe(0);
    expect(lines.at(-1)).toBe('3 events replayed, 0 failed again');
    await workOff();
    expect(await ids('a')).toEqual(['1', '2', '5']);
    expect((await ids()).sort()).toEqual(['1', '2', '3', '4', '5']);
    expect(await quarantined()).toEqual([]);
    // They are known: another delivery has no effect.
    await running.deliverMany(Paid, [paid('1', 'a'), paid('2', 'a')]);
    expect(await ids('a')).toEqual(['1', '2', '5']);
    await running.deliverMany(Paid, [paid('6', 'a')]);
    expect(await ids('a')).toEqual(['1', '2', '5', '6']);
  });

  it('says what it would do', async () => {
    await twoKinds();
    expect(await run('replay', '--key', 'a', '--dry-run')).toBe(0);
    expect(lines).toEqual(['1 events would be replayed']);
    expect(await quarantined()).toContain('1 data');
  });

  it('counts what fails again, and leaves it out after so many times', async () => {
    await twoKinds();
    expect(await run('replay', '--max-replays', '1')).toBe(1);
    expect(lines.at(-1)).toBe('0 events replayed, 3 failed again');
    expect(await run('replay', '--max-replays', '1')).toBe(0);
    expect(lines.at(-1)).toBe(
      '0 events replayed, 0 failed again, 3 left out: replayed 1 times already',
    );
    expect(await ids()).toEqual([]);
  });

  it('goes on where it was stopped, and says so when no consumer runs', async () => {
    await twoKinds();
    ledgerFaults.mended = true;
    const store = () => new QuarantineStore(database.pool);
    const out = (line: string) => lines.push(line);
    expect(await deadLetters(['replay', '--key', 'c'], store, { out, timeout: 100 })).toBe(1);
    expect(lines.at(-1)).toContain('1 not tried: is their consumer running?');
    expect(await deadLetters(['replay', '--no-wait'], store, { out })).toBe(0);
    expect(lines.at(-1)).toBe('2 events will be replayed');
    await workOff();
    expect(await quarantined()).toEqual([]);
    expect(await ids()).toHaveLength(5);
  });

  it('keeps to its rate', async () => {
    await running.deliverMany(
      Paid,
      Array.from({ length: 30 }, (_, n) => paid(`${n}`, `k${n}`, { then: 'overflow' })),
    );
    ledgerFaults.mended = true;
    const started = performance.now();
    expect(await run('replay', '--rate', '30')).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(850);
    expect(await ids()).toHaveLength(30);
  });

  it('processes an event once, however many processes replay', async () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      paid(`${n}`, `k${n % 4}`, { then: 'overflow' }),
    );
    await running.deliverMany(Paid, many);
    ledgerFaults.mended = true;
    await database.pool.query(
      `UPDATE quarantine SET status = 'replaying' WHERE reason <> 'parked'`,
    );
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let idle = 0; idle < 3;) {
          idle = (await running.replayer.round()) === 0 ? idle + 1 : 0;
        }
      }),
    );
    await workOff();
    expect(await quarantined()).toEqual([]);
    for (let key = 0; key < 4; key++) {
      expect(await ids(`k${key}`)).toEqual(
        many.flatMap((_event, n) => (n % 4 === key ? [`${n}`] : [])),
      );
    }
  });
});

describe('dead-letters discard', () => {
  it('gives events up, and lets those behind them go on', async () => {
    await twoKinds();
    expect(await run('discard', '--key', 'a', '--dry-run')).toBe(0);
    expect(await run('discard', '--key', 'a')).toBe(2);
    expect(await run('discard', '--key', 'a', '--yes')).toBe(0);
    expect(lines.at(-1)).toBe('1 events discarded');
    await workOff();
    expect(await ids('a')).toEqual(['2', '5']);
    await running.deliverMany(Paid, [paid('1', 'a'), paid('7', 'a')]);
    expect(await ids('a')).toEqual(['2', '5', '7']);
  });
});

describe('dead-letters', () => {
  it.each([
    [[], 2, 'dead-letters COMMAND'],
    [['--help'], 0, 'dead-letters COMMAND'],
    [['burn'], 2, "no command 'burn': use list, show, replay or discard"],
    [['list', 'more'], 2, "'more' is not expected: see --help"],
    [['list', '--since', 'soon'], 2, "--since 'soon' is not a time: use e.g."],
    [['list', '--id', 'x'], 2, "--id 'x' is not the number of an event"],
    [['replay', '--rate', '0'], 2, '--rate (0) must be a whole number of at least 1'],
    [['list', '--colour'], 2, "Unknown option '--colour'"],
    [['show'], 2, 'show needs the number of an event'],
  ])('%j exits with %d and says why', async (args, code, text) => {
    expect(await run(...args)).toBe(code);
    expect(lines.join('\n')).toContain(text);
  });
});

describe('a dead letter', () => {
  const ROUTE = '/dead-letters/bill-paid.ledger.dlq';
  const letters = () =>
    new DeadLetterReceiver(ledgerKeys, database.pool, new RuntimeMetrics(), silentLogger);
  const raw = (message: string | object, topic = 'bill-paid.ledger.dlq') =>
    Buffer.from(
      JSON.stringify({
        topic,
        data_base64: Buffer.from(
          typeof message === 'string' ? message : JSON.stringify(message),
        ).toString('base64'),
      }),
    );

  it('goes to the quarantine of its consumer, and is replayed from there', async () => {
    const { outcomes } = await letters().single(ROUTE, raw(paid('1', 'a')));
    expect(outcomes).toEqual(['quarantined']);
    await letters().single(ROUTE, raw(paid('1', 'a')));
    expect(await quarantined()).toEqual(['1 undelivered']);
    // Its key went on without it.
    await running.deliverMany(Paid, [paid('2', 'a')]);
    expect(await ids()).toEqual(['2']);
    expect(await run('replay')).toBe(0);
    expect(await ids()).toEqual(['2', '1']);
  });

  it('has no second effect when it had been processed after all', async () => {
    await running.deliverMany(Paid, [paid('1', 'a')]);
    await letters().single(ROUTE, raw(paid('1', 'a')));
    expect(await run('replay')).toBe(0);
    expect(await ids()).toEqual(['1']);
    expect(await quarantined()).toEqual([]);
  });

  it('may be anything', async () => {
    await letters().single(ROUTE, raw('not an event'));
    await letters().single(ROUTE, raw({ type: 7 }));
    expect((await quarantined()).map((text) => text.split(' ')[1])).toEqual([
      'malformed',
      'malformed',
    ]);
    expect(await run('replay')).toBe(1);
    expect(lines.at(-1)).toBe('0 events replayed, 2 failed again');
  });

  it('comes in bulk, where an entry is the Base64 of its message; one without a value is malformed', async () => {
    const entry = (message: string) =>
      jsonPart(Buffer.from(JSON.stringify(Buffer.from(message).toString('base64'))));
    const { outcomes, error } = await letters().many(ROUTE, [
      entry(JSON.stringify(paid('1', 'a'))),
      entry(''),
      jsonPart(Buffer.from('7')),
      entry(JSON.stringify(paid('2', 'a'))),
    ]);
    // Messages behind the one that is not a message are redelivered with it.
    expect(outcomes).toEqual(['quarantined', 'quarantined', undefined, undefined]);
    expect(error).toBeInstanceOf(Error);
    expect((await quarantined()).map((text) => text.split(' ')[1]).sort()).toEqual([
      'malformed',
      'undelivered',
    ]);
  });

  it('is redelivered when nobody can tell whose it is', async () => {
    for (const [route, body] of [
      ['/dead-letters/no-dead-letters', raw('x')],
      [ROUTE, Buffer.from('{}')],
      [ROUTE, Buffer.from('')],
    ] as const) {
      const { outcomes, error } = await letters().single(route, body);
      expect(outcomes).toEqual([undefined]);
      expect(error).toBeInstanceOf(Error);
    }
  });
});
