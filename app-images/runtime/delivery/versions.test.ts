import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp, defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { dataSchemaOf } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { batch, consumer, type ConsumerPart, each } from './consumer.ts';
import { upcast } from '../events/upcast.ts';
import { TestApp } from '../testing/test-app.ts';

const event = {
  type: 'com.example.order.placed',
  topic: 'order-placed',
  key: 'customer',
  description: 'A customer has placed an order.',
};
const customer = { type: 'string', maxLength: 64 } as const;
const cents = { type: 'integer', minimum: 0, maximum: 1_000_000 } as const;
const V1 = defineEvent({
  ...{ ...event, version: '1.0.0' },
  schema: {
    type: 'object',
    required: ['customer', 'total'],
    properties: { customer, total: cents },
  },
});
const V2 = defineEvent({
  ...{ ...event, version: '2.1.0' },
  schema: {
    type: 'object',
    required: ['customer', 'amount'],
    properties: {
      customer,
      amount: {
        type: 'object',
        required: ['value', 'currency'],
        properties: { value: cents, currency: { enum: ['EUR', 'USD'] } },
      },
    },
  },
});
/** Another key on another topic. */
const V3 = defineEvent({
  ...{ ...event, version: '3.0.0', topic: 'order-placed-3', key: 'shop' },
  schema: { type: 'object', required: ['shop'], properties: { shop: customer } },
});
const order = { customer: 'c', amount: { value: 7, currency: 'EUR' as const } };

const base = defineApp({
  ...{ appId: 'orders', description: 'Takes orders.', port: 8080, subscribes: [V1, V2, V3] },
  publishes: [V1, V2],
  migrations: [{ name: '0100-seen', sql: 'CREATE TABLE seen (n serial, id text, data jsonb)' }],
});
const INSERT = 'INSERT INTO seen (id, data) VALUES ($1, $2)';
const note = (contract: typeof V1 | typeof V2 | typeof V3) =>
  each(contract, async (tx, { id, data }) => {
    await tx.query(INSERT, [id, { ...data, by: contract.version }]);
  });
const toV2 = upcast(V2, {
  1: ({ total, ...rest }: EventData<typeof V1>) => {
    if (total === 13) {
      throw new RangeError('unlucky');
    }
    return { ...rest, amount: { value: total, currency: total === 14 ? ('XYZ' as 'EUR') : 'EUR' } };
  },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [base]);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE seen, processed_events, quarantine, outbox'));

async function seen(): Promise<unknown[]> {
  const { rows } = await database.pool.query<object>('SELECT id, data FROM seen ORDER BY n');
  return rows;
}

async function quarantined(): Promise<unknown[]> {
  const { rows } = await database.pool.query<object>(
    'SELECT event_id AS id, reason, key, cause FROM quarantine ORDER BY id',
  );
  return rows;
}

function appOf(subscribes: (typeof base.subscribes)[number][], ...on: ConsumerPart[]): TestApp {
  return new TestApp({ manifest: { ...base, subscribes }, on }, { pool: database.pool });
}

describe('upcast', () => {
  const app = () => appOf([V1, V2], note(V2), toV2);

  it('brings old events to the handler of the new version, in their order', async () => {
    const outcomes = [
      await app().deliver(V1, { customer: 'c', total: 5 }, { id: 'a' }),
      await app().deliver(V2, order, { id: 'b' }),
      await app().deliver(V1, { customer: 'c', total: 6 }, { id: 'c' }),
      await app().deliver(V1, { customer: 'c', total: 5 }, { id: 'a' }),
    ];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      ...['processed', 'processed', 'processed', 'duplicate'],
    ]);
    const amount = (value: number) => ({ customer: 'c', amount: { value, currency: 'EUR' } });
    expect(await seen()).toEqual(
      [5, 7, 6].map((value, index) => ({
        id: 'abc'[index],
        data: { ...amount(value), by: '2.1.0' },
      })),
    );
  });

  it('counts an event that names no version, or that of others, to the oldest', async () => {
    const data = { customer: 'c', total: 5 } as never;
    await app().deliver(V2, data, { id: 'none', dataschema: undefined as never });
    await app().deliver(V2, data, { id: 'others', dataschema: 'https://example.com/order.json' });
    expect(await quarantined()).toEqual([]);
    expect(await seen()).toHaveLength(2);
  });

  it.each([
    [
      'old data that do not match the old contract',
      V1,
      { customer: 'c' },
      "must have required property 'total'",
    ],
    [
      'a converter that throws',
      V1,
      { customer: 'c', total: 13 },
      'upcast from 1.0.0 to 2.1.0 fails: RangeError: unlucky',
    ],
    [
      'a converter that returns something else',
      V1,
      { customer: 'c', total: 14 },
      'upcast from 1.0.0 to 2.1.0: data/amount/currency must be equal to one of the allowed values',
    ],
    [
      'new data that do not match the new contract',
      V2,
      { customer: 'c' },
      "must have required property 'amount'",
    ],
  ])('quarantines %s, and parks what follows', async (_name, contract, data, cause) => {
    const running = app();
    const first = await running.deliver(contract, data as never, { id: 'a' });
    expect(first.outcome).toBe('quarantined');
    expect((await running.deliver(V2, order, { id: 'b' })).outcome).toBe('parked');
    expect(await quarantined()).toMatchObject([
      { id: 'a', reason: 'contract', key: 'c', cause: expect.stringContaining(cause) as string },
      { id: 'b', reason: 'parked' },
    ]);
    expect(await seen()).toEqual([]);
  });

  it('replays what was quarantined once the app can read it', async () => {
    const old = await new RunningConsumer(
      consumer({ ...base, subscribes: [V1] }, note(V1)),
      database.pool,
    ).start();
    await old.deliver(V2, 'a', order, { dataschema: dataSchemaOf(V2) });
    await old.stop();
    expect(await quarantined()).toMatchObject([
      {
        cause:
          'version 2.1.0 of com.example.order.placed is not known to this app, which reads 1.x',
        reason: 'contract',
        key: 'c',
      },
    ]);
    await database.pool.query("UPDATE quarantine SET status = 'replaying'");
    const both = consumer({ ...base, subscribes: [V1, V2] }, note(V2), toV2);
    const running = await new RunningConsumer(both, database.pool).start();
    await running.replayer.round();
    await running.stop();
    expect(await quarantined()).toEqual([]);
    expect(await seen()).toEqual([{ id: 'a', data: { ...order, by: '2.1.0' } }]);
  });

  it.each([['2'], ['01'], ['one'], ['-1']])('refuses the version %s', (key) => {
    expect(() => upcast(V2, { [key]: () => order })).toThrow(
      /upcast to com.example.order.placed 2.1.0 from .*: use major versions below 2/,
    );
  });

  it.each<[string, (typeof base.subscribes)[number][], ConsumerPart[], RegExp]>([
    [
      'of a version that is not subscribed to',
      [V2],
      [note(V2), toV2],
      /upcast from com.example.order.placed@1, which is not subscribed to/,
    ],
    [
      'beside a handler of the version',
      [V1, V2],
      [note(V1), note(V2), toV2],
      /a handler and an upcast for com.example.order.placed@1: keep one/,
    ],
    ['twice', [V1, V2], [note(V2), toV2, toV2], /two upcasts of one version: keep one/],
    [
      'to a version that has no handler',
      [V1],
      [toV2],
      /upcast from com.example.order.placed@1 to a version without a handler/,
    ],
  ])('is refused %s', (_name, subscribes, parts, message) => {
    expect(() => consumer({ ...base, subscribes }, ...parts)).toThrow(message);
  });
});

describe('two versions of an event with a handler each', () => {
  it('are handled in their order', async () => {
    const running = await new RunningConsumer(
      consumer(
        { ...base, subscribes: [V1, V2] },
        note(V1),
        batch(V2, async (tx, events) => {
          await tx.query(INSERT, [events.map(({ id }) => id).join('+'), { by: 'batch' }]);
        }),
      ),
      database.pool,
    ).start();
    const entry = (id: string, contract: typeof V1 | typeof V2, data: object) => ({
      entryId: id,
      contentType: 'application/cloudevents+json',
      event: testEvent(contract, id, data, {
        dataschema: dataSchemaOf(contract),
      }),
    });
    const old = { customer: 'c', total: 1 };
    const entries = [
      entry('a', V1, old),
      entry('b', V2, order),
      entry('c', V2, order),
      entry('d', V1, old),
    ];
    const answer = await running.post(
      `/events/${event.type}`,
      JSON.stringify({ entries }),
      'application/json',
    );
    await running.stop();
    expect(answer.status).toBe(200);
    expect(await seen()).toMatchObject([
      { id: 'a', data: { by: '1.0.0' } },
      { id: 'b+c', data: { by: 'batch' } },
      { id: 'd', data: { by: '1.0.0' } },
    ]);
  });

  it('come on two topics, with a key each', async () => {
    const app = appOf([V2, V3], note(V2), note(V3));
    await app.deliver(V2, order, { id: 'a' });
    await app.deliver(V3, { shop: 's' }, { id: 'b' });
    await app.deliver(V3, {} as never, { id: 'c' });
    expect(await seen()).toHaveLength(2);
    const { rows } = await database.pool.query('SELECT topic, event_id FROM quarantine');
    expect(rows).toEqual([{ topic: 'order-placed-3', event_id: 'c' }]);
  });

  it('count an event that names none to the oldest on its topic', async () => {
    const app = appOf([V2, V3], note(V2), note(V3));
    await app.deliver(V3, { shop: 's' }, { id: 'a', dataschema: undefined as never });
    expect(await seen()).toMatchObject([{ id: 'a', data: { by: '3.0.0' } }]);
  });

  it('follow from one cause under ids of their own', async () => {
    const both = appOf(
      [V3],
      each(V3, async (tx) => {
        await tx.publish(V1, { customer: 'c', total: 1 });
        await tx.publish(V2, order);
      }),
    );
    await both.deliver(V3, { shop: 's' });
    const [[old], [current]] = [await both.published(V1), await both.published(V2)];
    expect(old!.dataschema).toBe('urn:event-platform:com.example.order.placed:1.0.0');
    expect(current!.dataschema).toBe('urn:event-platform:com.example.order.placed:2.1.0');
    expect(old!.id).not.toBe(current!.id);
  });
});

it('quarantines an event whose dataschema is of another type', async () => {
  const app = appOf([V2], note(V2));
  await app.deliver(V2, order, { dataschema: 'urn:event-platform:com.example.other.thing:2.0.0' });
  expect(await quarantined()).toMatchObject([
    {
      cause: 'dataschema is of com.example.other.thing, and the event of com.example.order.placed',
    },
  ]);
});
