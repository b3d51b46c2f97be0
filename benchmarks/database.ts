import type pg from 'pg';
import { createDatabase } from '../app-images/testing/database.ts';
import type { TestPostgres } from '../app-images/runtime/testing/postgres.ts';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { manifest as consumer } from './consumers/manifest.ts';

/** A database for one measurement, with the tables of its app: of every consumer, where it is one. */
export interface BenchDatabase {
  readonly pool: pg.Pool;
  /** libpq's variables that lead to it, with the login of the app. */
  readonly env: Readonly<Record<string, string>>;
  /** Drops the database. */
  drop(): Promise<void>;
}

/** Creates a database. */
export async function benchDatabase(
  { port }: TestPostgres,
  manifest: AppManifest = consumer,
): Promise<BenchDatabase> {
  const database = await createDatabase(port, [manifest]);
  const { options } = database.poolOf(manifest.appId) as unknown as {
    options: { readonly database: string; readonly user: string; readonly password: string };
  };
  const env = {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGDATABASE: options.database,
    PGUSER: options.user,
    PGPASSWORD: options.password,
  };
  return { pool: database.pool, env, drop: () => database.drop() };
}
