import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Delivery, defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { batch, consumer, each } from './consumer.ts';
import type { HandlerOptions } from './handler.ts';

function probed(delivery: Delivery | undefined, type = 'com.example.route.probed') {
  return defineEvent({
    ...{ type, version: '1.0.0', topic: 'route-probes', key: 'route' },
    ...(delivery !== undefined && { delivery }),
    description: 'A route was probed.',
    schema: {
      type: 'object',
      required: ['route'],
      properties: { route: { type: 'string', maxLength: 64 } },
    },
  });
}

const Seen = probed('at-least-once', 'com.example.route.seen');
const Called = probed('at-most-once', 'com.example.route.called');
const manifest = defineApp({
  appId: 'watcher',
  description: 'Watches routes.',
  port: 8080,
  subscribes: [Seen, Called],
  migrations: [{ name: '0100-seen', sql: 'CREATE TABLE seen (id text, route text)' }],
});

/** What handlers have done outside of the database, and what goes wrong then. */
const calls: string[] = [];
let fails: (id: string) => boolean;

const note = 'INSERT INTO seen VALUES ($1, $2)';
const handlers = [
  each(
    Seen,
    async (tx, { id, data }) => {
      calls.push(id);
      await tx.query(note, [id, data.route]);
      if (fails(id)) {
        throw new Error('not now');
      }
    },
    { delivery: 'at-least-once' },
  ),
  each(
    Called,
    async (tx, { id, data }) => {
      calls.push(id);
      await tx.query(note, [id, data.route]);
      if (fails(id)) {
        throw new Error('the line is engaged');
      }
    },
    { delivery: 'at-most-once' },
  ),
];

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  running = await new RunningConsumer(consumer(manifest, ...handlers), database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  calls.length = 0;
  fails = () => false;
  await database.pool.query('TRUNCATE seen, processed_events, quarantine');
});

async function column(statement: string): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ value: unknown }>(statement);
  return rows.map(({ value }) => value);
}
const seen = () => column('SELECT id AS value FROM seen ORDER BY id');
const remembered = () => column('SELECT event_id AS value FROM processed_events ORDER BY event_id');
const held = () => column('SELECT event_id AS value FROM quarantine ORDER BY id');

const event = (contract: typeof Seen, id: string) => testEvent(contract, id, { route: 'r' });

describe('at-least-once', () => {
  it('handles again what is delivered again, and remembers nothing', async () => {
    const twice = [event(Seen, '1'), event(Seen, '2')];
    await running.deliverMany(Seen, twice);
    expect(await running.deliverMany(Seen, twice)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(await seen()).toEqual(['1', '1', '2', '2']);
    expect(await remembered()).toEqual([]);
  });

  it('tries again what fails, keeps it in the quarantine, and replays it', async () => {
    fails = (id) => id === '1';
    await running.deliverMany(Seen, [event(Seen, '1')]);
    expect(calls).toEqual(['1', '1', '1']);
    expect([await seen(), await held(), await remembered()]).toEqual([[], ['1'], []]);
    fails = () => false;
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    await running.replayer.round();
    expect([await seen(), await held(), await remembered()]).toEqual([['1'], [], []]);
  });
});

describe('at-most-once', () => {
  it('handles nothing twice', async () => {
    await running.deliverMany(Called, [event(Called, '1')]);
    await running.deliverMany(Called, [event(Called, '1'), event(Called, '2')]);
    expect(calls).toEqual(['1', '2']);
    expect([await seen(), await remembered()]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
  });

  it('drops what fails, alone, and does not try again', async () => {
    fails = (id) => id === '2';
    const events = ['1', '2', '3'].map((id) => event(Called, id));
    expect(await running.deliverMany(Called, events)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    fails = () => false;
    await running.deliverMany(Called, events);
    expect(calls).toEqual(['1', '2', '3']);
    expect([await seen(), await held()]).toEqual([['1', '3'], []]);
    expect((await running.scrape()).body).toContain(
      `events_consumed_total{type="${Called.type}",result="dropped"} 1`,
    );
  });

  it('is not handled again when the process ends in the middle of it', async () => {
    // As after a kill: the inbox has it, and its handler has not committed.
    const other = await new RunningConsumer(
      consumer(
        manifest,
        handlers[0]!,
        each(
          Called,
          async (tx, { id, data }) => {
            calls.push(id);
            await tx.query(note, [id, data.route]);
            await database.pool.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND state = 'idle in transaction'`,
            );
          },
          { delivery: 'at-most-once' },
        ),
      ),
      database.pool,
    ).start();
    await other.deliverMany(Called, [event(Called, '1')]);
    await other.stop();
    await running.deliverMany(Called, [event(Called, '1')]);
    expect(calls).toEqual(['1']);
    expect([await seen(), await remembered()]).toEqual([[], ['1']]);
  });
});

describe('a delivery that the contract does not allow', () => {
  const refused = (contract: ReturnType<typeof probed>, delivery: unknown) => () =>
    consumer(
      defineApp({ appId: 'watcher', description: 'Watches.', port: 8080, subscribes: [contract] }),
      each(contract, () => Promise.resolve(), { delivery } as HandlerOptions),
    );

  it.each([
    [undefined, 'at-least-once', 'effect-once'],
    [undefined, 'at-most-once', 'effect-once'],
    ['at-least-once', 'at-most-once', 'at-least-once'],
  ] as const)('%s: %s', (declared, delivery, said) => {
    expect(refused(probed(declared), delivery)).toThrow(
      `watcher: com.example.route.probed@1 is handled '${delivery}', and its contract says '${said}': leave out the delivery of the handler, or give the contract a weaker one [EP8004]`,
    );
  });

  it('is one that does not exist', () => {
    expect(refused(probed('at-most-once'), 'exactly-once')).toThrow(
      `the delivery of the handler of com.example.route.probed@1 ("exactly-once") must be one of 'effect-once', 'at-least-once', 'at-most-once'`,
    );
  });

  it.each(['effect-once', 'at-least-once'] as const)(
    'a stronger one is allowed: %s',
    (delivery) => {
      const contract = probed('at-most-once');
      const app = defineApp({
        ...{ appId: 'watcher', description: 'Watches.', port: 8080, subscribes: [contract] },
      });
      const { handlers: found } = consumer(
        app,
        batch(contract, () => Promise.resolve(), { delivery }),
      );
      expect([...found.values()][0]!.delivery).toBe(delivery);
    },
  );
});
