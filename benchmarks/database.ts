import type pg from 'pg';
import { createDatabase } from '../app-images/testing/database.ts';
import { TEST_LOGIN, type TestPostgres } from '../app-images/runtime/testing/postgres.ts';
import { manifest } from './consumers/manifest.ts';

/** A database for one measurement, with the tables of every consumer. */
export interface BenchDatabase {
  readonly pool: pg.Pool;
  /** libpq's variables that lead to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Drops the database. */
  drop(): Promise<void>;
}

/** Creates a database. */
export async function benchDatabase({ port }: TestPostgres): Promise<BenchDatabase> {
  const database = await createDatabase(port, [manifest]);
  const { rows } = await database.pool.query<{ name: string }>('SELECT current_database() AS name');
  const env = {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGDATABASE: rows[0]!.name,
    PGUSER: TEST_LOGIN.user,
    PGPASSWORD: TEST_LOGIN.password,
  };
  return { pool: database.pool, env, drop: () => database.drop() };
}
