import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import pg from 'pg';
import {
  accessStatements,
  createdRelations,
  MIGRATIONS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import type { RenderedManifest } from '../sidecar/rendered.ts';
import { filesOf, type PodManifest, type SecretLookup, volumeAt } from './pods.ts';

/** Where the Job of a platform's migrations has its files, and the passwords of roles. */
const MIGRATIONS_PATH = '/migrations';
const ROLES_PATH = '/roles';

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
  name text PRIMARY KEY, checksum text, relations regclass[], applied_at timestamptz NOT NULL DEFAULT now())`;
const NOTE = `INSERT INTO ${MIGRATIONS_TABLE} (name, checksum, relations) VALUES ($1, $2, ${createdRelations('$3')})`;

/** A migration as its Job has it. */
interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

function migrationsIn(files: Readonly<Record<string, string>>): MigrationFile[] {
  return Object.entries(files)
    .filter(([file]) => file.endsWith('.sql'))
    .map(([file, sql]) => ({
      ...{ name: file.slice(0, -'.sql'.length), sql },
      checksum: createHash('sha256').update(sql).digest('hex'),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Applies what is missing. @throws Error when a migration fails, or has changed since it was applied. */
async function migrate(client: pg.Client, migrations: readonly MigrationFile[]): Promise<number> {
  await client.query(CREATE_TABLE);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT name, checksum FROM ${MIGRATIONS_TABLE}`,
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const changed = migrations.find(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  );
  if (changed !== undefined) {
    throw new Error(
      `migration '${changed.name}' has changed since it was applied: add another one, or start with an empty database (--reset)`,
    );
  }
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, sql, checksum } of missing) {
    const before = await client.query<{ oids: string }>(
      'SELECT array_agg(oid)::text AS oids FROM pg_class',
    );
    await client.query(sql).catch((error: unknown) => {
      throw new Error(`migration '${name}' fails: ${(error as Error).message}`, { cause: error });
    });
    await client.query(NOTE, [name, checksum, before.rows[0]!.oids]);
  }
  return missing.length;
}

/** Creates roles that are missing, and sets the password of each. */
async function setUpRoles(
  client: pg.Client,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
  const known = new Set(rows.map(({ rolname }) => rolname));
  for (const [role, password] of passwords) {
    const verb = known.has(role) ? 'ALTER' : 'CREATE';
    const [name, quoted] = [client.escapeIdentifier(role), client.escapeLiteral(password)];
    await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${quoted}`);
  }
}

/** Passwords by role, from the Secrets of a volume. */
function passwordsOf(job: PodManifest, secret: SecretLookup): ReadonlyMap<string, string> {
  const sources = volumeAt(job, ROLES_PATH)?.projected?.sources ?? [];
  return new Map(
    sources.flatMap(({ secret: from }) =>
      (from?.items ?? []).map(({ key, path }) => [dirname(path), secret(from!.name, key)]),
    ),
  );
}

/**
 * Does on a server what the rendered Jobs of migrations do: databases, tables, roles and rights.
 *
 * @returns how many migrations were applied.
 */
export async function prepareDatabases(
  server: pg.ClientConfig,
  objects: readonly RenderedManifest[],
  secret: SecretLookup,
): Promise<number> {
  let applied = 0;
  for (const job of migrationJobs(objects)) {
    const files = filesOf(volumeAt(job, MIGRATIONS_PATH)!, objects);
    const access = Object.keys(files)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => files[file]!);
    const database = databaseOf(job);
    await createDatabase(server, database);
    const client = new pg.Client({ ...server, database });
    await client.connect();
    try {
      await client.query('BEGIN');
      await setUpRoles(client, passwordsOf(job, secret));
      applied += await migrate(client, migrationsIn(files));
      const { rows } = await client.query<{ statement: string }>(accessStatements('$1'), [
        access.join(''),
      ]);
      for (const { statement } of rows) {
        await client.query(statement);
      }
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
  }
  return applied;
}

function migrationJobs(objects: readonly RenderedManifest[]): PodManifest[] {
  return objects.filter(
    (object): object is PodManifest =>
      object.kind === 'Job' && volumeAt(object as PodManifest, MIGRATIONS_PATH) !== undefined,
  );
}

/** Names of the databases that rendered Jobs migrate. */
export function databasesOf(objects: readonly RenderedManifest[]): string[] {
  return [...new Set(migrationJobs(objects).map(databaseOf))];
}

/** Lets databases take connections, or ends those that there are and lets them take none. */
async function allowConnections(
  server: pg.Pool | pg.Client,
  databases: readonly string[],
  allowed: boolean,
): Promise<void> {
  for (const database of databases) {
    await server.query(
      `ALTER DATABASE ${pg.escapeIdentifier(database)} ALLOW_CONNECTIONS ${allowed}`,
    );
  }
  if (!allowed) {
    await server.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY ($1)',
      [databases],
    );
  }
}

/** Lets nobody reach databases for some seconds. */
export async function interruptDatabases(
  server: pg.Pool,
  databases: readonly string[],
  seconds: number,
  log: (from: string, line: string) => void,
): Promise<void> {
  await allowConnections(server, databases, false);
  log('platform', `databases are down for ${seconds} s`);
  setTimeout(() => {
    allowConnections(server, databases, true).then(
      () => log('platform', 'databases are up again'),
      // The run has ended: the next one lets them take connections.
      () => undefined,
    );
  }, seconds * 1_000).unref();
}

/** The database that a Job migrates. */
function databaseOf(job: PodManifest): string {
  const { env = [] } = job.spec.template.spec.containers[0];
  return env.find(({ name }) => name === 'PGDATABASE')?.value ?? 'postgres';
}

async function createDatabase(server: pg.ClientConfig, name: string): Promise<void> {
  const client = new pg.Client({ ...server, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(
        `CREATE DATABASE ${client.escapeIdentifier(name)} ENCODING 'UTF8' TEMPLATE template0`,
      );
    }
    // An earlier run may have ended within an outage.
    await allowConnections(client, [name], true);
  } finally {
    await client.end();
  }
}
