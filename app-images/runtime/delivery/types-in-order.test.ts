import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import {
  eventRoute,
  eventRouteIn,
  topicRoute,
  undeclaredRoute,
} from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { batch, consumer, each } from './consumer.ts';

const event = (name: string) =>
  defineEvent({
    type: `com.example.task.${name}`,
    ...{ version: '1.0.0', topic: 'task-events', key: 'user', description: `Task ${name}.` },
    schema: {
      type: 'object',
      required: ['user'],
      properties: { user: { type: 'string', maxLength: 64 } },
    },
  });
const [Created, Completed, Deleted] = [event('created'), event('completed'), event('deleted')];
const Elsewhere = defineEvent({ ...Created, type: 'com.example.user.registered', topic: 'users' });

const manifest = defineApp({
  ...{ appId: 'log', description: 'Logs what happens to tasks.', port: 8080 },
  subscribes: [Created, Completed, Elsewhere],
  migrations: [{ name: '0100-seen', sql: 'CREATE TABLE seen (n serial, id text)' }],
});
let database: TestDatabase;
let running: RunningConsumer;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  const INSERT = 'INSERT INTO seen (id) SELECT unnest($1::text[])';
  running = await new RunningConsumer(
    consumer(
      manifest,
      batch(Created, async (tx, events) => {
        await tx.query(INSERT, [events.map(({ id }) => id)]);
      }),
      each(Completed, async (tx, { id }) => {
        if (id === 'fails') {
          throw new RangeError('cannot be handled');
        }
        await tx.query(INSERT, [[id]]);
      }),
      each(Elsewhere, () => Promise.resolve()),
    ),
    database.pool,
  ).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
afterEach(() => database.pool.query('TRUNCATE seen, processed_events, quarantine'));

async function deliver(path: string, events: readonly object[]): Promise<unknown[]> {
  const entries = events.map((delivered, index) => ({ entryId: String(index), event: delivered }));
  const { body } = await running.post(path, JSON.stringify({ entries }), 'application/json');
  const { statuses } = JSON.parse(body) as { statuses: { status: string }[] };
  return statuses.map(({ status }) => status);
}

async function column(statement: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ value: string }>(statement);
  return rows.map(({ value }) => value);
}

it('has one path for all types of a topic, and the path of a type that is alone on its topic', () => {
  const { subscribes } = manifest;
  expect(subscribes.map((contract) => eventRouteIn(subscribes, contract))).toEqual([
    ...[topicRoute('task-events'), topicRoute('task-events'), eventRoute(Elsewhere)],
  ]);
});

it('handles events of several types in the order in which they were delivered', async () => {
  const events = 'abcdefgh'
    .split('')
    .map((id, index) => testEvent(index % 3 === 2 ? Completed : Created, id, { user: 'u' }));
  expect(await deliver(topicRoute('task-events'), events)).toEqual(events.map(() => 'SUCCESS'));
  expect((await column('SELECT id AS value FROM seen ORDER BY n')).join('')).toBe('abcdefgh');
  const metrics = await running.metrics.text();
  expect(metrics).toContain(`events_consumed_total{type="${Created.type}",result="processed"} 6\n`);
  expect(metrics).toContain(
    `events_consumed_total{type="${Completed.type}",result="processed"} 2\n`,
  );
});

it('parks later events of a key, whatever their type, behind one that fails', async () => {
  const events = [
    testEvent(Created, 'before', { user: 'u' }),
    testEvent(Completed, 'fails', { user: 'u' }),
    testEvent(Created, 'behind', { user: 'u' }),
    testEvent(Created, 'other', { user: 'v' }),
  ];
  expect(await deliver(topicRoute('task-events'), events)).toEqual(events.map(() => 'SUCCESS'));
  expect(await column('SELECT id AS value FROM seen ORDER BY n')).toEqual(['before', 'other']);
  expect(
    await column(`SELECT event_id || ' ' || reason AS value FROM quarantine ORDER BY id`),
  ).toEqual(['fails handler', 'behind parked']);
});

it('quarantines an event of a type that it does not handle', async () => {
  const events = [testEvent(Deleted, 'x', { user: 'u' })];
  for (const path of [topicRoute('task-events'), undeclaredRoute('task-events')]) {
    expect(await deliver(path, events)).toEqual(['SUCCESS']);
  }
  expect(await column('SELECT cause AS value FROM quarantine')).toEqual([
    `the type ${Deleted.type} is not declared for this topic`,
  ]);
});

it('accepts deliveries by type, as a manifest of the interface before has them', async () => {
  expect(
    await deliver(eventRoute(Completed), [testEvent(Completed, 'old', { user: 'u' })]),
  ).toEqual(['SUCCESS']);
  expect(await column('SELECT id AS value FROM seen')).toEqual(['old']);
});
