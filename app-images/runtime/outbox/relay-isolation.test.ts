import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { contractOf, eventOf } from '../../testing/plain-events.ts';
import { inTransaction } from '../database/database.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { addToOutbox } from './outbox.ts';
import { NO_ANSWER, type Outgoing, PublishError } from './publisher.ts';
import { OutboxRelay } from './relay.ts';

const Good = contractOf('good-topic');
const Other = contractOf('other-topic');

let database: TestDatabase;
let metrics: RuntimeMetrics;
/** Ids that were published, by topic. */
let published: Map<string, string[]>;
/** Stands in for sidecar and broker: the answer to a request. */
let answer: (topic: string, ids: readonly string[]) => Promise<ReadonlySet<string>>;
let logged: { fields: object; message: string }[];

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterAll(() => database.drop());
beforeEach(async () => {
  published = new Map();
  metrics = new RuntimeMetrics();
  logged = [];
  answer = () => Promise.resolve(new Set());
  await database.pool.query('TRUNCATE outbox, outbox_lanes');
});

async function publishMany(topic: string, events: readonly Outgoing[]): Promise<Set<string>> {
  // What a sidecar does with the body of a request.
  const ids = events.map(({ event }) => (JSON.parse(event) as { id: string }).id);
  const refused = await answer(topic, ids);
  published.set(topic, [...(published.get(topic) ?? []), ...ids.filter((id) => !refused.has(id))]);
  return new Set(
    events.filter((_event, index) => refused.has(ids[index]!)).map(({ entryId }) => entryId),
  );
}

function relay(): OutboxRelay {
  const { pool } = database;
  const error = (fields: object, message: string) => void logged.push({ fields, message });
  const log = { ...silentLogger, error, warn: error };
  const publisher = { publishMany, maxBatchSize: Infinity };
  return new OutboxRelay({ producer: 'p', pool, publisher, metrics, log });
}

async function add(contract: EventContract, id: string, data: object = { key: id }): Promise<void> {
  await inTransaction(database.pool, (tx) =>
    addToOutbox(tx, 'p', contract, eventOf(contract, id, data)),
  );
}

/** Rounds until something is published, whatever fails meanwhile. */
async function rounds(running: OutboxRelay, until: () => boolean): Promise<void> {
  await expect
    .poll(() => running.round().then(until, until), { timeout: 15_000, interval: 20 })
    .toBe(true);
}

/** Writes a row by SQL, as any role with the right to may. */
async function addRow(topic: string, event: string, key = 'k'): Promise<void> {
  await database.pool.query(
    `INSERT INTO outbox (producer, lane, topic, key, event) VALUES ('p', 0, $1, $2, $3)`,
    [topic, key, event],
  );
}

describe('a row that cannot be published', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['half a JSON', '{"id":"1"'],
    ['an array', '[]'],
    ['not an event', '{"id":"x","data":"\\ud800"}'],
    ['two values, which would change the request around it', '{"id":"1"},{"entryId":"2"}'],
    ['a nesting that sidecars give up at', `{"a":${'['.repeat(12_000)}${']'.repeat(12_000)}}`],
    [
      'larger than its topic takes',
      JSON.stringify(eventOf(Good, 'l', { key: 'l', text: 'x'.repeat(1_200_000) })),
    ],
    ['larger than what is read at all', 'x'.repeat(9 * 1024 * 1024)],
  ])('is set aside alone, with its reason: %s', async (_what, event) => {
    await add(Good, '1');
    await addRow('good-topic', event, '1');
    await add(Good, '2', { key: '1' });
    const running = relay();
    await rounds(running, () => published.get('good-topic')?.length === 2);
    expect(published.get('good-topic')).toEqual(['1', '2']);
    const { rows } = await database.pool.query<{ event: string; reason: string | null }>(
      'SELECT event, set_aside_because AS reason FROM outbox',
    );
    expect(rows).toEqual([{ event, reason: expect.stringMatching(/./) as string }]);
    expect(logged).toEqual([
      {
        message: 'event of the outbox set aside',
        fields: {
          topic: 'good-topic',
          position: expect.any(String) as string,
          reason: rows[0]!.reason,
        },
      },
    ]);
    await running.measure();
    expect(await metrics.text()).toContain('outbox_set_aside_events 1');
    expect(await metrics.text()).toContain('outbox_age_seconds 0');
    // A restart does not change that.
    await add(Good, '3');
    await running.release();
    await rounds(relay(), () => published.get('good-topic')?.length === 3);
  });
});

describe('a row whose key or topic is too long', () => {
  it.each([
    ['key', 'x'.repeat(3_000_000), 'good-topic'],
    ['topic', 'k', 'x'.repeat(3_000_000)],
  ])('is set aside for its %s', async (what, key, topic) => {
    await addRow(topic, JSON.stringify(eventOf(Good, 'long', { key: 'k' })), key);
    await add(Good, '1');
    await rounds(relay(), () => published.get('good-topic')?.length === 1);
    const { rows } = await database.pool.query<{ reason: string }>(
      'SELECT set_aside_because AS reason FROM outbox',
    );
    expect(rows).toEqual([{ reason: expect.stringContaining(`the ${what} has`) as string }]);
  });
});

describe('a topic that takes nothing', () => {
  it.each([
    [
      'is refused',
      () => Promise.reject(new PublishError('the sidecar answered 403: forbidden', 403)),
    ],
    ['fails', () => Promise.reject(new PublishError('the sidecar answered 500: no leader', 500))],
    ['is not answered', () => Promise.reject(new PublishError('no answer', NO_ANSWER))],
    ['takes none of several', (ids: readonly string[]) => Promise.resolve(new Set(ids))],
  ])('holds up no other: it %s', async (_what, failing) => {
    answer = (topic, ids) => (topic === 'good-topic' ? Promise.resolve(new Set()) : failing(ids));
    for (let n = 0; n < 20; n++) {
      await add(Other, `other-${n}`);
    }
    await add(Good, '1');
    await add(Good, '2');
    const running = relay();
    await rounds(running, () => published.get('good-topic')?.length === 2);
    answer = () => Promise.resolve(new Set());
    await rounds(running, () => published.get('other-topic')?.length === 20);
  });

  it('says so when nothing at all can be published', async () => {
    answer = () => Promise.reject(new PublishError('the sidecar cannot be reached'));
    await add(Good, '1');
    const running = relay();
    // Rows are read once transactions that began before them, of any database of the server, have ended.
    const failure = () => running.round().then(String, String);
    await expect.poll(failure, { timeout: 15_000 }).toContain('the sidecar cannot be reached');
  });
});

describe('an event that is refused', () => {
  it('holds up its own key of its own topic, and is found in a request that is refused as a whole', async () => {
    const bad = new Set(['bad']);
    answer = (_topic, ids) =>
      ids.includes('bad')
        ? ids.length > 1
          ? Promise.reject(new PublishError('the sidecar answered 400: bad request', 400))
          : Promise.resolve(bad)
        : Promise.resolve(new Set());
    await add(Good, '1', { key: 'a' });
    await add(Good, 'bad', { key: 'b' });
    await add(Good, '2', { key: 'b' });
    await add(Other, '3', { key: 'b' });
    await add(Good, '4', { key: 'c' });
    const running = relay();
    await rounds(
      running,
      () => published.get('other-topic')?.length === 1 && published.get('good-topic')?.length === 2,
    );
    expect(published.get('good-topic')).toEqual(['1', '4']);
    answer = () => Promise.resolve(new Set());
    await rounds(running, () => published.get('good-topic')?.length === 4);
    expect(published.get('good-topic')).toEqual(['1', '4', 'bad', '2']);
  });
});

describe('many large events', () => {
  it('are read a few at a time', async () => {
    const text = 'x'.repeat(900_000);
    for (let n = 0; n < 30; n++) {
      await add(Good, `${n}`, { key: `${n}`, text });
    }
    const running = relay();
    await rounds(running, () => (published.get('good-topic')?.length ?? 0) > 0);
    // What is beyond eight MiB is left for the next round.
    expect(published.get('good-topic')!.length).toBeLessThan(12);
    await rounds(running, () => published.get('good-topic')?.length === 30);
  });
});

describe('an outbox restored from the dump of another server', () => {
  it('is adopted: old rows do not wait, and keep their place in front of new ones', async () => {
    await add(Good, '1', { key: 'a' });
    await add(Good, '2', { key: 'a' });
    // As pg_dump and pg_restore leave them: with the transaction ids of a server that has counted farther.
    await database.pool.query(
      `UPDATE outbox SET xid = (pg_current_xact_id()::text::bigint + 1000000000)::text::xid8`,
    );
    await add(Good, '3', { key: 'a' });
    const running = relay();
    await rounds(running, () => published.get('good-topic')?.length === 3);
    expect(published.get('good-topic')).toEqual(['1', '2', '3']);
    expect(logged.map(({ message, fields }) => [message, fields])).toEqual([
      ['the outbox was restored from another server: its events are adopted', { events: 2 }],
    ]);
  });

  it('is adopted by a relay that runs, with all that was restored in front of it', async () => {
    const running = relay();
    await add(Good, '0');
    await rounds(running, () => published.get('good-topic')?.length === 1);
    await add(Good, '1', { key: 'a' });
    await add(Good, '2', { key: 'a' });
    await add(Good, '3', { key: 'b' });
    // The first is one that this server may count past at any moment.
    await database.pool.query(
      `UPDATE outbox SET xid = (pg_current_xact_id()::text::bigint
         + CASE event::json ->> 'id' WHEN '1' THEN 40 ELSE 1000000000 END)::text::xid8`,
    );
    await add(Good, '4', { key: 'a' });
    await rounds(running, () => published.get('good-topic')?.length === 5);
    const ofKey = published.get('good-topic')!.filter((id) => ['1', '2', '4'].includes(id));
    expect(ofKey).toEqual(['1', '2', '4']);
  });
});
