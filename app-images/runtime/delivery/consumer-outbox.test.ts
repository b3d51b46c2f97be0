import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { Paid } from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { batch, consumer, each } from './consumer.ts';
import type { DeliveryReceiver } from './delivery-processor.ts';
import { EventSource } from '../events/event-source.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { addToOutbox } from '../outbox/outbox.ts';
import type { Outgoing } from '../outbox/publisher.ts';
import { OutboxRelay } from '../outbox/relay.ts';
import { waking } from '../process/start.ts';

const Receipt = defineEvent({
  ...Paid,
  type: 'com.example.receipt.written',
  topic: 'receipt-written',
  description: 'A receipt was written.',
});
const manifest = defineApp({
  appId: 'receipts',
  description: 'Writes a receipt for each payment.',
  port: 8080,
  subscribes: [Paid],
  publishes: [Receipt],
});
const source = new EventSource('/receipts', [Receipt]);

/** Whether the handler fails once it has written into the outbox. */
let failing = false;

const writer = consumer(
  manifest,
  each(Paid, async (tx, { id, data }) => {
    const amount = data.amount;
    const event = source.create(Receipt, { account: data.account, amount }, { id: `r-${id}` });
    await addToOutbox(tx, manifest.appId, Receipt, event);
    if (failing || data.then === 'mistake') {
      throw new Error('a mistake in the handler');
    }
  }),
);

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  running = await new RunningConsumer(writer, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  failing = false;
  await database.pool.query('TRUNCATE outbox, outbox_lanes, processed_events, quarantine');
});

async function ids(table: 'outbox' | 'processed_events'): Promise<string[]> {
  const column = table === 'outbox' ? `event::json ->> 'id'` : 'event_id';
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT ${column} AS id FROM ${table} ORDER BY 1`,
  );
  return rows.map(({ id }) => id);
}

/** Publishes what waits, as a relay beside the consumer does. */
async function published(count: number): Promise<string[]> {
  const seen: string[] = [];
  const publisher = {
    maxBatchSize: Infinity,
    publishMany: (_topic: string, events: readonly Outgoing[]) => {
      seen.push(...events.map(({ event }) => (JSON.parse(event) as { id: string }).id));
      return Promise.resolve(new Set<string>());
    },
  };
  const relay = new OutboxRelay({
    producer: manifest.appId,
    pool: database.pool,
    publisher,
    metrics: new RuntimeMetrics(),
    log: silentLogger,
  });
  await expect
    .poll(async () => relay.round().then(() => seen.length), { timeout: 10_000 })
    .toBeGreaterThanOrEqual(count);
  await relay.round();
  return seen.sort();
}

const payment = (account: string, more: object = {}) => ({ account, amount: 1, ...more });

describe('a consumer that publishes', () => {
  it('is ready once the tables of inbox and outbox are there', async () => {
    expect((await running.get('/readyz')).status).toBe(200);
  });

  it('commits inbox and outbox together, and publishes duplicates once', async () => {
    for (let time = 0; time < 3; time++) {
      expect((await running.deliver(Paid, 'a', payment('x'))).status).toBe(200);
    }
    expect(await ids('processed_events')).toEqual(['a']);
    expect(await ids('outbox')).toEqual(['r-a']);
    expect(await published(1)).toEqual(['r-a']);
    await running.deliver(Paid, 'a', payment('x'));
    expect(await ids('outbox')).toEqual([]);
  });

  it('publishes nothing of an event whose handler fails', async () => {
    failing = true;
    await running.deliver(Paid, 'b', payment('x'));
    expect(await ids('outbox')).toEqual([]);
    const { rows } = await database.pool.query('SELECT event_id FROM quarantine');
    expect(rows).toEqual([{ event_id: 'b' }]);
  });

  it('publishes what is good in a delivery with one that is not', async () => {
    const events = ['c', 'd', 'e', 'f'].map((id) =>
      testEvent(Paid, id, payment(id, id === 'd' ? { then: 'mistake' } : {})),
    );
    expect(await running.deliverMany(Paid, events)).toEqual(Array(4).fill('SUCCESS'));
    expect(await ids('outbox')).toEqual(['r-c', 'r-e', 'r-f']);
    expect(await published(3)).toEqual(['r-c', 'r-e', 'r-f']);
  });

  it('quarantines an event whose own event would not be as its contract says', async () => {
    const wrong = consumer(
      { ...manifest, appId: 'wrong' },
      batch(Paid, async (tx, events) => {
        for (const { id } of events) {
          const event = { ...source.create(Receipt, payment('x'), { id }), data: {} };
          await addToOutbox(tx, 'wrong', Receipt, event);
        }
      }),
    );
    const other = await new RunningConsumer(wrong, database.pool).start();
    expect((await other.deliver(Paid, 'g', payment('x'))).status).toBe(200);
    await other.stop();
    expect(await ids('outbox')).toEqual([]);
    const { rows } = await database.pool.query('SELECT cause FROM quarantine');
    expect(JSON.stringify(rows)).toContain("required property 'account'");
  });

  it('wakes its relay after each delivery, also one that fails', async () => {
    let woken = 0;
    const deliveries: DeliveryReceiver = {
      typeOf: () => 'type',
      single: () => Promise.resolve({ outcomes: ['processed'], error: undefined }),
      many: () => Promise.reject(new Error('no')),
    };
    const stop = () => Promise.resolve();
    const relay = { wake: () => (woken += 1), stop, measure: stop };
    const receiver = waking(deliveries, [relay]);
    const { signal } = new AbortController();
    expect(receiver.typeOf('/')).toBe('type');
    await receiver.single('/', new Uint8Array(), signal);
    await expect(receiver.many('/', [], signal)).rejects.toThrow('no');
    expect(woken).toBe(2);
  });
});
