import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { ACKNOWLEDGED, RunningConsumer } from '../../testing/running-consumer.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE ledger, processed_events, quarantine'));

/** Name of the role that the consumer logs in as: it owns nothing. */
function roleName(): string {
  const { options } = database.poolOf(ledgerManifest.appId) as unknown as {
    options: pg.PoolConfig;
  };
  return `"${options.user!}"`;
}

describe("the platform's own tables", () => {
  it.each([
    [
      'they are missing',
      () => 'ALTER TABLE processed_events RENAME TO away',
      () => 'ALTER TABLE away RENAME TO processed_events',
    ],
    [
      'the role has lost a right',
      () => `REVOKE INSERT ON processed_events FROM ${roleName()}`,
      () => `GRANT INSERT ON processed_events TO ${roleName()}`,
    ],
  ])('hold a delivery when %s: no event is to blame', async (_what, spoil, mend) => {
    const running = await new RunningConsumer(ledger, database.pool).start();
    await database.pool.query(spoil());
    const held = running.deliver(Paid, '1', { account: 'a', amount: 1 });
    const both = Promise.race([held, new Promise((resolve) => setTimeout(resolve, 700, 'held'))]);
    expect(await both).toBe('held');
    await database.pool.query(mend());
    expect(await held).toEqual(ACKNOWLEDGED);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    await running.stop();
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
