import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { Paid } from '../../testing/ledger.ts';
import { TEST_LOGIN } from '../testing/postgres.ts';
import { SeenSpans, traceparentOf } from '../../testing/tracing.ts';
import { inTransaction } from '../database/database.ts';
import { EventSource } from '../events/event-source.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { addToOutbox, laneOf } from './outbox.ts';
import { type Outgoing, PublishError } from './publisher.ts';
import { publishRequests } from './publish-requests.ts';
import { OutboxRelay } from './relay.ts';

/** Stands in for sidecar and broker: the real ones are in the end-to-end run. */
class Broker {
  public requests: string[][] = [];
  public readonly published: string[] = [];
  public refused = new Set<string>();
  public down = false;
  public maxBatchSize = Infinity;
  public before: () => Promise<void> = () => Promise.resolve();
  public readonly traceparents: (string | undefined)[] = [];

  public async publishMany(
    _topic: string,
    events: readonly Outgoing[],
    traceparent?: string,
  ): Promise<Set<string>> {
    this.traceparents.push(traceparent);
    if (this.down) {
      throw new PublishError('the sidecar cannot be reached');
    }
    await this.before();
    const idOf = ({ event }: Outgoing) => (JSON.parse(event) as { id: string }).id;
    this.requests.push(events.map(idOf));
    const taken = events.filter((event) => !this.refused.has(idOf(event)));
    this.published.push(...taken.map(idOf));
    return new Set(events.filter((event) => !taken.includes(event)).map(({ entryId }) => entryId));
  }
}

let database: TestDatabase;
let broker: Broker;
const source = new EventSource('/test', [Paid]);
const metrics = new RuntimeMetrics();

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterAll(() => database.drop());
beforeEach(async () => {
  broker = new Broker();
  await database.pool.query('TRUNCATE outbox, outbox_lanes');
});

function relay(): OutboxRelay {
  const { pool } = database;
  return new OutboxRelay({ producer: 'p', pool, publisher: broker, metrics, log: silentLogger });
}

async function add(id: string, account = id): Promise<void> {
  const event = source.create(Paid, { account, amount: 1 }, { id });
  await inTransaction(database.pool, (tx) => addToOutbox(tx, 'p', Paid, event));
}

/**
 * Runs a relay until it has published this many events. It may have to wait: a transaction that is open
 * anywhere in the server, such as one of another test, holds the horizon back.
 */
async function publishes(running: OutboxRelay, count: number): Promise<void> {
  let published = 0;
  const round = async () => (published += await running.round());
  await expect.poll(round, { timeout: 10_000 }).toBe(count);
}

async function waiting(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM outbox',
  );
  return rows[0]!.count;
}

describe('OutboxRelay', () => {
  it('publishes what was committed and deletes what was confirmed', async () => {
    await add('1');
    await add('2');
    await expect(
      inTransaction(database.pool, async (tx) => {
        const event = source.create(Paid, { account: 'x', amount: 1 }, { id: 'never' });
        await addToOutbox(tx, 'p', Paid, event);
        throw new Error('the producer thinks better of it');
      }),
    ).rejects.toThrow();
    await publishes(relay(), 2);
    expect(broker.published.sort()).toEqual(['1', '2']);
    expect(await waiting()).toBe(0);
    expect(await metrics.text()).toContain(`events_published_total{type="${Paid.type}"} 2`);
  });

  it('sends an event in a span that begins when it was read, and says nothing of traces without', async () => {
    const spans = new SeenSpans();
    const { pool } = database;
    const event = source.create(
      Paid,
      { account: 'a', amount: 1 },
      { id: '1', traceparent: traceparentOf(1) },
    );
    await inTransaction(pool, (tx) => addToOutbox(tx, 'p', Paid, event));
    const options = { producer: 'p', pool, publisher: broker, metrics, log: silentLogger };
    const traced = new OutboxRelay({ ...options, tracing: spans.tracing });
    await publishes(traced, 1);
    await traced.release();
    const [span] = spans.named('send bill-paid');
    expect(span!.parentId).toBe(traceparentOf(1).split('-')[2]);
    await add('2');
    await publishes(relay(), 1);
    expect(broker.traceparents).toEqual([`00-${span!.traceId}-${span!.spanId}-01`, undefined]);
  });

  it('has no two events of a key in one request, and keeps their order', async () => {
    for (let n = 0; n < 12; n++) {
      await add(`${n}`, `key-${n % 3}`);
    }
    await publishes(relay(), 12);
    for (const request of broker.requests) {
      expect(new Set(request.map((id) => Number(id) % 3)).size).toBe(request.length);
    }
    for (const key of [0, 1, 2]) {
      const order = broker.published.map(Number).filter((id) => id % 3 === key);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('waits for a transaction that began earlier and may yet come in front', async () => {
    const early = await database.pool.connect();
    await early.query('BEGIN');
    const tx = {
      query: (text: string, values?: readonly unknown[]) => early.query(text, values?.slice()),
    };
    const first = source.create(Paid, { account: 'a', amount: 1 }, { id: 'first' });
    await addToOutbox(tx as never, 'p', Paid, first);
    await add('second', 'a');
    const running = relay();
    expect(await running.round()).toBe(0);
    await early.query('COMMIT');
    early.release();
    await publishes(running, 2);
    expect(broker.published).toEqual(['first', 'second']);
  });

  it('waits for a transaction of another database of the server, too', async () => {
    const login = { host: '127.0.0.1', port: inject('postgresPort'), ...TEST_LOGIN };
    const other = new pg.Client({ ...login, database: 'postgres' });
    await other.connect();
    await other.query('BEGIN; SELECT pg_current_xact_id()');
    await add('1');
    const running = relay();
    expect(await running.round()).toBe(0);
    expect(await waiting()).toBe(1);
    await other.query('COMMIT');
    await other.end();
    await publishes(running, 1);
  });

  it('loses nothing while the broker is down', async () => {
    const running = relay();
    broker.down = true;
    await add('1');
    // A transaction of another test may hold the horizon back: until then, nothing is read.
    const round = () => running.round().catch((error: unknown) => error);
    await expect.poll(round, { timeout: 10_000 }).toBeInstanceOf(PublishError);
    expect(await waiting()).toBe(1);
    await running.measure();
    expect(await metrics.text()).toMatch(/outbox_age_seconds 0\.\d+/);
    broker.down = false;
    await publishes(running, 1);
    await running.measure();
    expect(await metrics.text()).toMatch(/outbox_age_seconds 0\n/);
  });

  it('holds back the key of an event that the broker refuses, and no other', async () => {
    broker.refused.add('1');
    await add('1', 'a');
    await add('2', 'a');
    await add('3', 'b');
    const running = relay();
    await publishes(running, 1);
    expect(await running.round()).toBe(0);
    expect(broker.published).toEqual(['3']);
    broker.refused.clear();
    await publishes(running, 2);
    expect(broker.published).toEqual(['3', '1', '2']);
  });

  it('publishes none of a key behind one that failed, however long the rest of a round takes', async () => {
    broker.refused.add('a1');
    for (const id of ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']) {
      await add(id, id[0]);
    }
    // Each request takes longer than the first wait of a key that failed.
    broker.before = () => new Promise((resolve) => setTimeout(resolve, 600));
    await publishes(relay(), 3);
    expect(broker.published).toEqual(['b1', 'b2', 'b3']);
  });

  it('takes it for an outage when the broker takes nothing', async () => {
    broker.refused.add('1').add('2');
    await add('1');
    await add('2');
    const running = relay();
    await expect
      .poll(() => running.round().catch((error: unknown) => (error as Error).message))
      .toBe('the broker accepted none of 2 events');
    broker.refused.clear();
    await publishes(running, 2);
  });

  it('has lanes to itself until it gives them back or its lease runs out', async () => {
    const [one, other] = [relay(), relay()];
    await add('1');
    await publishes(one, 1);
    await add('2');
    expect(await other.round()).toBe(0);
    await one.release();
    const third = relay();
    await publishes(third, 1);
    // As if it had died a while ago.
    await database.pool.query(`UPDATE outbox_lanes SET leased_until = now() - interval '1 s'`);
    await add('3');
    await publishes(relay(), 1);
    expect(broker.published).toEqual(['1', '2', '3']);
  });

  it('publishes everything, in the order of each key, with producers and relays side by side', async () => {
    const relays = [relay(), relay(), relay()];
    let done = false;
    const working = relays.map(async (each) => {
      while (!done || (await waiting()) > 0) {
        await each.round();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await Promise.all(
      Array.from({ length: 8 }, async (_, key) => {
        for (let n = 0; n < 25; n++) {
          await add(`${key}-${n}`, `key-${key}`);
        }
      }),
    );
    done = true;
    await Promise.all(working);
    const firsts = [...new Set(broker.published)];
    expect(firsts).toHaveLength(200);
    for (let key = 0; key < 8; key++) {
      const order = firsts.filter((id) => id.startsWith(`${key}-`));
      expect(order).toEqual(order.map((_id, n) => `${key}-${n}`));
    }
  });
});

describe('waves', () => {
  const row = fc.record({ topic: fc.constantFrom('t', 'u'), key: fc.constantFrom('a', 'b', 'c') });

  it('hold every event once, each key in its order and once a wave', () => {
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom(1, 2, Infinity), (rows, most) => {
        const events = rows.map((each, n) => ({
          ...each,
          position: `${n}`,
          event: '{}',
          type: 't',
          foreign: false,
          bytes: 2,
        }));
        const result = publishRequests(events, most);
        expect(result.every((wave) => wave.events.length <= most)).toBe(true);
        expect(result.flatMap((wave) => wave.events.map(({ position }) => position)).length).toBe(
          rows.length,
        );
        for (const wave of result) {
          expect(new Set(wave.events.map(({ key }) => key)).size).toBe(wave.events.length);
          expect(wave.events.every(({ topic }) => topic === wave.topic)).toBe(true);
        }
        for (const name of new Set(events.map(({ topic, key }) => `${topic} ${key}`))) {
          const order = result
            .flatMap((wave) => wave.events)
            .filter(({ topic, key }) => `${topic} ${key}` === name)
            .map(({ position }) => Number(position));
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('are not larger than a sidecar takes', () => {
    const event = 'x'.repeat(900_000);
    const rows = ['a', 'b', 'c', 'd', 'e'].map((key) => ({
      position: key,
      topic: 't',
      key,
      event,
      type: 't',
      foreign: false,
      bytes: event.length,
    }));
    expect(publishRequests(rows).map(({ events }) => events.length)).toEqual([2, 2, 1]);
  });
});

it('a key stays in its lane', () => {
  expect([laneOf('user-1'), laneOf('user-2'), laneOf('')]).toEqual([
    laneOf('user-1'),
    laneOf('user-2'),
    laneOf(''),
  ]);
  const lanes = new Set(Array.from({ length: 1_000 }, (_, n) => laneOf(`key-${n}`)));
  expect(lanes.size).toBe(16);
});
