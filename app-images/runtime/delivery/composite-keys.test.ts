import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { defineApp, defineEvent, type EventContract } from '@cdk8s-event-platform/contracts';
import { answer, each } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { eventOf } from '../../testing/plain-events.ts';
import { keyOf } from '../events/event-reader.ts';
import { toOutgoingEvent } from '../outbox/outgoing-event.ts';

const text = { type: 'string', maxLength: 40 } as const;
const base = {
  version: '1.0.0',
  key: ['tenant', 'service', 'n'],
  description: 'Something about a route.',
  schema: {
    type: 'object',
    required: ['tenant', 'service', 'n'],
    properties: {
      tenant: text,
      service: text,
      n: { type: 'integer', minimum: 0, maximum: 9 },
      fails: { type: 'boolean' },
    },
  },
} as const;
const Requested = defineEvent({ ...base, type: 'com.example.route.requested', topic: 'requests' });
const Activated = defineEvent({ ...base, type: 'com.example.route.activated', topic: 'routes' });
const manifest = defineApp({
  appId: 'routes',
  description: 'Activates routes.',
  port: 8080,
  publishes: [Activated],
  subscribes: [Requested],
});

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp(
    {
      manifest,
      on: [
        each(Requested, async (tx, { data }) => {
          if (data.fails === true) {
            throw new Error('no such service');
          }
          await tx.publish(Activated, data);
        }),
      ],
      routes: (api) => {
        api.post('/routes', { body: { type: 'object' } }, async (tx, { body }) => {
          await tx.publish(Activated, body as never);
          return answer(202);
        });
      },
    },
    database,
  );
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE outbox, quarantine, processed_events'));

async function keysOf(table: 'outbox' | 'quarantine'): Promise<string[]> {
  const { rows } = await database.pool.query<{ key: string }>(
    `SELECT key FROM ${table} ORDER BY ${table === 'outbox' ? 'position' : 'id'}`,
  );
  return rows.map(({ key }) => key);
}

it('orders events by all parts of their key: what fails holds back no other key', async () => {
  const outcomes = await app.deliverAll(Requested, [
    { data: { tenant: 'a:b', service: 'c', n: 1, fails: true } },
    { data: { tenant: 'a', service: 'b:c', n: 1 } },
    { data: { tenant: 'a:b', service: 'c', n: 2 } },
    { data: { tenant: 'a:b', service: 'c', n: 1 } },
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    ...['quarantined', 'processed', 'processed', 'parked'],
  ]);
  expect(await keysOf('quarantine')).toEqual(['a%3Ab:c:1', 'a%3Ab:c:1']);
  expect(await keysOf('outbox')).toEqual(['a:b%3Ac:1', 'a%3Ab:c:2']);
});

it.each([
  ['a part that is missing', { tenant: 'a', n: 1 }, "must have required property 'service'"],
  ['a part of another type', { tenant: 'a', service: 'b', n: '1' }, 'data/n must be integer'],
  ['half a character', { tenant: 'a', service: '\uD800', n: 1 }, 'half a surrogate pair'],
])('publishes nothing with %s', async (_name, body, reason) => {
  const { status, body: answered } = await app.request('POST', '/routes', { body });
  expect(status).toBe(400);
  expect(JSON.stringify(answered)).toContain(reason);
  expect(await keysOf('outbox')).toEqual([]);
});

it('publishes no event whose key is too long, and names its properties', () => {
  // A contract that was not declared: its key has no bound.
  const contract: EventContract = { ...Activated, schema: { type: 'object', properties: {} } };
  const data = { tenant: 'a'.repeat(300), service: 'b'.repeat(300), n: 1 };
  const event = eventOf(contract, '1', data);
  expect(() => toOutgoingEvent(contract, event)).toThrow(
    'the key of data/tenant, data/service, data/n has 603 bytes, at most 512 are accepted: shorten these values',
  );
  expect(() =>
    toOutgoingEvent(
      { ...contract, key: 'tenant' },
      eventOf(contract, '1', { tenant: 'ä'.repeat(257) }),
    ),
  ).toThrow('data/tenant has 514 bytes, at most 512 are accepted');
});

it('reads the composite key of what was received, if it has all of it', () => {
  const event = eventOf(Activated, '1', { tenant: 'a:b', service: 'c', n: 1 });
  expect(keyOf(event.data, { key: ['tenant', 'service'] })).toBe('a%3Ab:c');
  expect(keyOf(event.data, { key: ['tenant', 'region'] })).toBeUndefined();
  expect(
    keyOf({ tenant: 'ä'.repeat(200), service: 'ä'.repeat(60) }, { key: ['tenant', 'service'] }),
  ).toBeUndefined();
});
