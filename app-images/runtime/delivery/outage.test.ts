import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskCreated } from '../../tasks/events/index.ts';
import { manifest } from '../../tasks/task-processor/manifest.ts';
import { taskProcessor } from '../../tasks/task-processor/handlers.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../../testing/running-consumer.ts';

const data = { task_id: 1, user_id: 'u', title: 't', created_at: '2026-01-01T00:00:00Z' };

let postgres: TestPostgres;
let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  // A server of its own: stopping the one that all files share would fail their tests.
  postgres = await startPostgres();
  database = await createDatabase(postgres.port, [manifest]);
  running = await new RunningConsumer(taskProcessor, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  await postgres.remove();
});

describe('while the database is down', () => {
  it('deliveries are held, not failed, and succeed when it is back', async () => {
    const { options } = database.pool as unknown as { options: pg.PoolConfig };
    const locker = new pg.Client(options);
    locker.on('error', () => undefined);
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE tasks');
    // One delivery is within its transaction when the server stops, others come later.
    const within = running.deliver(TaskCreated, 'within', data);
    await expect
      .poll(async () => (await database.pool.query(WAITING)).rows[0] as unknown)
      .toEqual({ waiting: 1 });
    await postgres.stop();
    await expect.poll(async () => (await running.get('/readyz')).status).toBe(503);
    expect((await running.get('/healthz')).status).toBe(200);
    const later = Array.from({ length: 5 }, (_, n) =>
      running.deliver(TaskCreated, `later-${n}`, data),
    );
    // The first may have got its lock, and committed, when the server ended who held it.
    await expect(Promise.race([...later, elapsed(1_500)])).resolves.toBe('elapsed');

    await postgres.start();
    expect(await Promise.all([within, ...later])).toEqual(Array(6).fill(ACKNOWLEDGED));
    const { rows } = await database.pool.query<{ event_id: string; effects: number }>(
      'SELECT event_id, count(*)::int AS effects FROM tasks GROUP BY 1',
    );
    expect(rows).toHaveLength(6);
    expect(rows.every(({ effects }) => effects === 1)).toBe(true);
    await expect.poll(async () => (await running.get('/readyz')).status).toBe(200);
  });
});

const WAITING = `SELECT count(*)::int AS waiting FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND datname = current_database()`;

function elapsed(milliseconds: number): Promise<'elapsed'> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, 'elapsed'));
}
