import { afterEach, describe, expect, inject, it } from 'vitest';
import {
  type AppUnderTest,
  createDatabase,
  TestApp,
  type TestDatabase,
} from '@cdk8s-event-platform/runtime/testing';
import {
  inventory,
  inventoryParts,
  ItemsReleased,
  ItemsReserved,
  OrderCancelled,
  OrderPlaced,
} from '../examples/patterns/choreography.ts';
import { reader, readerParts } from '../examples/patterns/dead-letters.ts';
import { Energy, house, houseParts, Smoke, Temperature } from '../examples/patterns/delivery.ts';
import { counter, counterParts } from '../examples/patterns/inbox.ts';
import { crm, crmParts, UserRegistered } from '../examples/patterns/notification.ts';
import { noteParts, notes, NoteWritten } from '../examples/patterns/outbox.ts';
import { OrderCreated, shipping, shippingParts } from '../examples/patterns/state-transfer.ts';

const databases = new Set<TestDatabase>();
afterEach(async () => {
  await Promise.all([...databases].map((database) => database.drop()));
  databases.clear();
});

/** An app of a page, and a query of its tables. */
async function start(app: AppUnderTest) {
  const database = await createDatabase([app.manifest], { url: inject('postgresUrl') });
  databases.add(database);
  const rows = async (statement: string): Promise<unknown[]> =>
    (await database.pool.query<Record<string, unknown>>(statement)).rows;
  return { app: new TestApp(app, database), rows };
}

it('notification: an app reacts that the publisher does not know', async () => {
  const { app, rows } = await start({ manifest: crm, ...crmParts });
  await app.deliver(UserRegistered, { user_id: 'ada' });
  expect(await rows('SELECT * FROM leads')).toEqual([{ user_id: 'ada' }]);
});

it('state transfer: the event has all that is needed, until its person is erased', async () => {
  const { app, rows } = await start({ manifest: shipping, ...shippingParts });
  await app.deliver(OrderCreated, { order_id: '1', user_id: 'ada', address: 'London' });
  expect(await rows('SELECT address FROM parcels')).toEqual([{ address: 'London' }]);
  await app.erase('ada');
  expect(await rows('SELECT address FROM parcels')).toEqual([{ address: null }]);
});

describe('choreography', () => {
  it.each([
    [['placed', 'cancelled'], ['reserved', 'released'], 'released'],
    [['cancelled', 'placed'], [], 'void'],
  ] as const)('undoes what was done, whatever comes first: %j', async (way, said, status) => {
    const { app, rows } = await start({ manifest: inventory, ...inventoryParts });
    for (const what of way) {
      await app.deliver(what === 'placed' ? OrderPlaced : OrderCancelled, { order_id: '1' });
    }
    const published = [
      ...(await app.published(ItemsReserved)),
      ...(await app.published(ItemsReleased)),
    ];
    expect(published.map(({ type }) => type.split('.').at(-1))).toEqual(said);
    expect(await rows('SELECT status FROM items')).toEqual([{ status }]);
  });
});

it('outbox: state and event are both there, or none is', async () => {
  const { app, rows } = await start({ manifest: notes, ...noteParts });
  const body = { note_id: '1', text: 'milk' };
  expect((await app.request('POST', '/notes', { body })).status).toBe(201);
  // The second insert violates the key: its event is not published either.
  expect((await app.request('POST', '/notes', { body })).status).toBeGreaterThanOrEqual(400);
  expect(await app.published(NoteWritten)).toHaveLength(1);
  expect(await rows('SELECT * FROM notes')).toEqual([body]);
});

it('inbox: an event that is delivered twice has its effect once', async () => {
  const { app, rows } = await start({ manifest: counter, ...counterParts });
  const data = { note_id: '1', text: 'milk' };
  expect(await app.deliver(NoteWritten, data, { id: 'e1' })).toEqual({ outcome: 'processed' });
  expect(await app.deliver(NoteWritten, data, { id: 'e1' })).toEqual({ outcome: 'duplicate' });
  expect(await rows('SELECT n::int FROM counts')).toEqual([{ n: 1 }]);
});

it('dead letters: what cannot be processed holds back nothing but its key', async () => {
  const { app, rows } = await start({ manifest: reader, ...readerParts });
  await app.deliver(NoteWritten, { note_id: '1', text: '' });
  expect((await app.deliver(NoteWritten, { note_id: '1', text: 'milk' })).outcome).toBe('parked');
  expect((await app.deliver(NoteWritten, { note_id: '2', text: 'tea' })).outcome).toBe('processed');
  expect(await rows('SELECT reason, status FROM quarantine ORDER BY id')).toEqual([
    { reason: 'handler', status: 'held' },
    { reason: 'parked', status: 'held' },
  ]);
});

it('delivery: handled again, once, or not again', async () => {
  const calls: string[] = [];
  const { app, rows } = await start({
    manifest: house,
    ...houseParts((place) => {
      calls.push(place);
      return Promise.reject(new Error('the line is engaged'));
    }),
  });
  const data = { place: 'attic', value: 20 };
  for (const contract of [Temperature, Smoke, Energy]) {
    await app.deliver(contract, data, { id: contract.topic });
    await app.deliver(contract, data, { id: contract.topic });
  }
  expect(calls).toEqual(['attic']);
  expect(await rows('SELECT value FROM energy')).toEqual([{ value: 20 }]);
  expect(await rows('SELECT value FROM temperatures')).toEqual([{ value: 20 }]);
  expect(await rows('SELECT count(*)::int AS n FROM processed_events')).toEqual([{ n: 2 }]);
});
