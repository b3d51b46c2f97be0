import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { housekeeping } from './housekeeping.ts';
import { InboxPartitions } from '../delivery/inbox.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
});
afterAll(() => database.drop());

it('deletes what is done or discarded after a while, and keeps what somebody has to decide on', async () => {
  const { pool } = database;
  const statuses = ['held', 'replaying', 'discarded', 'discarded-lately'];
  const running = await new RunningConsumer(ledger, pool).start();
  await running.deliverMany(
    Paid,
    statuses.map((id) => testEvent(Paid, id, { account: id, amount: 'x' })),
  );
  await running.stop();
  await pool.query(
    `UPDATE quarantine SET status = split_part(event_id, '-', 1),
       changed_at = now() - CASE event_id WHEN 'discarded-lately' THEN interval '29 days' ELSE interval '10 years' END`,
  );
  await pool.query(
    `INSERT INTO effects (consumer, kind, source, event_id, payload, status, due_at, finished_at)
     SELECT 'ledger', 'mail', '/test', status, '{}', status, now() - interval '10 years', now() - interval '10 years'
     FROM unnest(ARRAY['pending', 'failed', 'done']) AS status`,
  );
  const inbox = new InboxPartitions(pool, 36);
  const metrics = new RuntimeMetrics();
  const keep = housekeeping({ consumer: 'ledger', pool, inbox, metrics, retentionDays: 30 });
  await keep();
  const left = async (table: string) =>
    (await pool.query<{ event_id: string }>(`SELECT event_id FROM ${table} ORDER BY id`)).rows.map(
      (row) => row.event_id,
    );
  expect(await left('quarantine')).toEqual(['held', 'replaying', 'discarded-lately']);
  expect(await left('effects')).toEqual(['pending', 'failed']);
  const { rows } = await pool.query<{ event: Buffer; cause: string }>(
    `SELECT event, cause FROM quarantine WHERE event_id = 'held'`,
  );
  expect(JSON.parse(rows[0]!.event.toString())).toMatchObject({ id: 'held' });
  expect(rows[0]!.cause).toBe('data/amount must be integer');
});
