import pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { TEST_LOGIN } from './postgres.ts';

/** A database of its own for one test file. */
export interface TestDatabase {
  readonly pool: pg.Pool;
  /** Drops the database. */
  drop(): Promise<void>;
}

let serial = 0;

/** Creates a database with the inbox and the tables of images. */
export async function createDatabase(
  port: number,
  manifests: readonly AppManifest[],
): Promise<TestDatabase> {
  const database = `test_${process.pid}_${serial++}`;
  const login = { host: '127.0.0.1', port, ...TEST_LOGIN };
  const administer = async (statement: string): Promise<void> => {
    const admin = new pg.Client({ ...login, database: 'postgres' });
    await admin.connect();
    await admin.query(statement);
    await admin.end();
  };
  await administer(`CREATE DATABASE ${database}`);
  const pool = new pg.Pool({ ...login, database, max: 20 });
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  await pool.query('CREATE TABLE schema_migrations (name text PRIMARY KEY)');
  const migrations = [
    ...PLATFORM_MIGRATIONS,
    ...manifests.flatMap(({ migrations = [] }) => migrations),
  ];
  for (const { name, sql } of migrations) {
    await pool.query(sql);
    await pool.query('INSERT INTO schema_migrations VALUES ($1)', [name]);
  }
  return {
    pool,
    drop: async () => {
      await pool.end();
      await administer(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}
