import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DEFAULT_INBOX_DAYS } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../../testing/running-consumer.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE ledger, processed_events, quarantine'));

/** Runs something with connections of a role that may write to all tables, and nothing else. */
async function asPlainRole(run: (pool: pg.Pool) => Promise<void>): Promise<void> {
  await database.pool.query(
    `CREATE ROLE owns_nothing LOGIN PASSWORD 'test'; GRANT ALL ON ALL TABLES IN SCHEMA public TO owns_nothing`,
  );
  const { options } = database.pool as unknown as { options: pg.PoolConfig };
  const pool = new pg.Pool({ ...options, user: 'owns_nothing', password: 'test' });
  pool.on('error', () => undefined);
  try {
    await run(pool);
  } finally {
    await pool.end();
    await database.pool.query('DROP OWNED BY owns_nothing; DROP ROLE owns_nothing');
  }
}

describe("the platform's own tables", () => {
  it.each([
    [
      'they are missing',
      'ALTER TABLE processed_events RENAME TO away',
      'ALTER TABLE away RENAME TO processed_events',
    ],
    [
      'the role has lost a right',
      'REVOKE INSERT ON processed_events FROM owns_nothing',
      'GRANT INSERT ON processed_events TO owns_nothing',
    ],
  ])('hold a delivery when %s: no event is to blame', async (_what, spoil, mend) => {
    // The role may make no partitions.
    await database.pool.query(`SELECT keep_processed_events(${DEFAULT_INBOX_DAYS})`);
    await asPlainRole(async (pool) => {
      const running = await new RunningConsumer(ledger, pool).start();
      await database.pool.query(spoil);
      const held = running.deliver(Paid, '1', { account: 'a', amount: 1 });
      const both = Promise.race([held, new Promise((resolve) => setTimeout(resolve, 700, 'held'))]);
      expect(await both).toBe('held');
      await database.pool.query(mend);
      expect(await held).toEqual(ACKNOWLEDGED);
      expect(await ledgerIds(database.pool)).toEqual(['1']);
      await running.stop();
    });
  });

  it('may have partitions that somebody else made, or detached', async () => {
    const today = (
      await database.pool.query<{ name: string }>(
        `SELECT 'processed_events_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') AS name`,
      )
    ).rows[0]!.name;
    await database.pool.query('CREATE TABLE rest PARTITION OF processed_events DEFAULT');
    await database.pool.query(`ALTER TABLE processed_events DETACH PARTITION ${today}`);
    await database.pool.query('DROP TABLE rest');
    await database.pool.query(
      `CREATE TABLE processed_events_archive PARTITION OF processed_events FOR VALUES FROM ('1999-01-01') TO ('1999-01-02')`,
    );
    const running = await new RunningConsumer(ledger, database.pool).start();
    expect(await running.deliver(Paid, '1', { account: 'a', amount: 1 })).toEqual(ACKNOWLEDGED);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    await running.stop();
  });
});
