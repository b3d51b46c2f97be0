import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { dueWorkQuery } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE effects, quarantine, outbox'));

/** What KEDA reads for an app. */
async function due(appId = 'shop'): Promise<number> {
  const { rows } = await database.pool.query<string[]>({
    text: dueWorkQuery(appId),
    rowMode: 'array',
  });
  expect(rows).toHaveLength(1);
  return Number(rows[0]![0]);
}

const effect = (id: string, status: string, when: string) =>
  database.pool.query(
    `INSERT INTO effects (consumer, kind, source, event_id, payload, status, due_at)
     VALUES ('shop', 'mail', '/s', $1, '{}', $2, now() + $3::interval)`,
    [id, status, when],
  );

const quarantined = (id: string, reason: string, status: string) =>
  database.pool.query(
    `INSERT INTO quarantine (consumer, topic, key, source, event_id, reason, cause, blocks, taken, status, attempts, event)
     VALUES ('shop', 't', 'k', '/s', $1, $2, 'c', true, false, $3, 1, '')`,
    [id, reason, status],
  );

it('nothing is due where nothing waits', async () => {
  expect(await due()).toBe(0);
});

it('effects are due when their time has come, and not when they are done', async () => {
  await effect('1', 'pending', '-1 second');
  await effect('2', 'pending', '1 hour');
  await effect('3', 'done', '-1 second');
  await effect('4', 'failed', '-1 second');
  expect(await due()).toBe(1);
  expect(await due('another')).toBe(0);
});

it('held events wait for somebody; those behind them wait with them', async () => {
  await quarantined('1', 'handler', 'held');
  await quarantined('2', 'parked', 'held');
  expect(await due()).toBe(0);
});

it('events that somebody wants replayed are due, the first of each key', async () => {
  await quarantined('1', 'handler', 'replaying');
  await quarantined('2', 'parked', 'held');
  expect(await due()).toBe(1);
});

it('parked events are due once the one before them is discarded', async () => {
  await quarantined('1', 'handler', 'discarded');
  await quarantined('2', 'parked', 'held');
  expect(await due()).toBe(1);
});

it('events of the outbox are due unless they were set aside', async () => {
  await database.pool.query(
    `INSERT INTO outbox (producer, lane, topic, key, event, set_aside_because)
     VALUES ('shop', 0, 't', 'k', '{}', NULL), ('shop', 1, 't', 'k', '{}', 'too large')`,
  );
  expect(await due()).toBe(1);
});
