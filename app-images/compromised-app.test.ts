import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  accessProblems,
  accessStatements,
  type DatabaseRole,
  DEAD_LETTER_PROCESSOR,
  dueWorkQuery,
  roleOfApp,
  SHARED_TABLES,
} from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from './testing/database.ts';
import { contractOf } from './testing/plain-events.ts';

const placed = contractOf('placed');
const about = (appId: string) => ({ appId, description: 'An app.', port: 8080 }) as const;
const shop = defineApp({
  ...about('shop'),
  publishes: [placed],
  subscribes: [placed],
  migrations: [
    {
      name: '0100-shop',
      sql: `CREATE TABLE orders (id serial PRIMARY KEY, text text);
CREATE VIEW open_orders AS SELECT * FROM orders;
CREATE SCHEMA catalog;
CREATE TABLE catalog.items (id bigint GENERATED ALWAYS AS IDENTITY, text text)`,
    },
  ],
});
const bank = defineApp({
  ...about('bank'),
  subscribes: [placed],
  migrations: [{ name: '0200-bank', sql: 'CREATE TABLE accounts (id serial, balance bigint)' }],
});
const till = defineApp({ ...about('till'), publishes: [placed] });

/** A row of an app in each table that apps share. */
const rowsOf = (app: string) => `
INSERT INTO processed_events VALUES ('${app}', 0, '/s', '1', current_date);
INSERT INTO quarantine (consumer, topic, key, source, event_id, reason, cause, blocks, taken, status, attempts, event)
  VALUES ('${app}', 't', 'k', '/s', '1', 'handler', 'c', true, false, 'held', 1, 'secret');
INSERT INTO effects (consumer, kind, source, event_id, payload) VALUES ('${app}', 'mail', '/s', '1', '"secret"');
INSERT INTO outbox (producer, lane, topic, key, event) VALUES ('${app}', 0, 't', 'k', 'secret');
INSERT INTO outbox_lanes (producer, lane) VALUES ('${app}', 0);
INSERT INTO idempotency_keys (app, key, fingerprint) VALUES ('${app}', 'k', 'f')`;

let database: TestDatabase;
let owner: pg.Pool;
/** What a compromised app has: the role of the shop. */
let role: pg.Pool;

const nameOf = (appId: string) =>
  (database.poolOf(appId) as unknown as { options: { user: string } }).options.user;
const roles = (): DatabaseRole[] =>
  [shop, bank, till, DEAD_LETTER_PROCESSOR].map((app) => ({
    ...roleOfApp(nameOf(app.appId), app),
    ...(app === DEAD_LETTER_PROCESSOR && { collects: true }),
  }));

async function statements(declared: readonly DatabaseRole[]): Promise<string[]> {
  const prefixes = roles().map((each) => each.role.split('.')[0]!);
  const { rows } = await owner.query<{ statement: string }>(accessStatements('$1'), [
    JSON.stringify({ prefixes, roles: declared, inboxDays: 36 }),
  ]);
  return rows.map(({ statement }) => statement);
}

async function declare(declared: readonly DatabaseRole[]): Promise<void> {
  for (const statement of await statements(declared)) {
    await owner.query(statement);
  }
}

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [
    ...[shop, bank, till],
    DEAD_LETTER_PROCESSOR,
  ]);
  owner = database.pool;
  role = database.poolOf('shop');
  await declare(roles());
  await owner.query('SELECT keep_processed_events(36)');
});
afterAll(() => database.drop());
beforeEach(async () => {
  await owner.query(`TRUNCATE ${Object.keys(SHARED_TABLES).join(', ')}, orders, accounts`);
  await owner.query(`${rowsOf('shop')}; ${rowsOf('bank')}; INSERT INTO accounts VALUES (1, 100)`);
});

describe('a compromised app', () => {
  it.each([
    ['reads the table of another app', 'SELECT * FROM accounts'],
    ['writes to it', 'UPDATE accounts SET balance = 0'],
    ['uses its sequence', `SELECT nextval('accounts_id_seq')`],
    ['empties a table of its own', 'TRUNCATE orders'],
    ['empties a shared table', 'TRUNCATE quarantine'],
    [
      'locks the table of another app',
      'DO $$ BEGIN LOCK TABLE accounts IN ACCESS SHARE MODE; END $$',
    ],
    ['reads a partition of the inbox', `SELECT * FROM ${todaysPartition()}`],
    ['drops a partition', `DROP TABLE ${todaysPartition()}`],
    ['alters a table of its own', 'ALTER TABLE orders ADD COLUMN more int'],
    ['alters a shared table', 'ALTER TABLE quarantine DISABLE ROW LEVEL SECURITY'],
    ['changes a policy', 'DROP POLICY own_rows ON quarantine'],
    ['drops a table', 'DROP TABLE orders'],
    [
      'replaces a function',
      `CREATE OR REPLACE FUNCTION due_work(app text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`,
    ],
    ['creates a table', 'CREATE TABLE mine (id int)'],
    ['creates a temporary table', 'CREATE TEMPORARY TABLE mine (id int)'],
    ['creates a schema', 'CREATE SCHEMA mine'],
    ['creates a function', `CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    [
      'creates a temporary function',
      `CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    ],
    [
      'creates a trigger',
      'CREATE TRIGGER t BEFORE INSERT ON quarantine EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    ],
    ['creates an extension', 'CREATE EXTENSION pgcrypto'],
    ['creates a role', 'CREATE ROLE mine'],
    ['creates a database', 'CREATE DATABASE mine'],
    ['becomes the owner', 'SET ROLE postgres'],
    ['becomes another app', () => `SET ROLE "${nameOf('bank')}"`],
    ['logs on as the owner', 'SET SESSION AUTHORIZATION postgres'],
    ['gives itself attributes', () => `ALTER ROLE "${nameOf('shop')}" SUPERUSER`],
    ['gives itself rights of the owner', () => `GRANT postgres TO "${nameOf('shop')}"`],
    ['changes the password of another app', () => `ALTER ROLE "${nameOf('bank')}" PASSWORD 'mine'`],
    ['takes a table over', () => `ALTER TABLE accounts OWNER TO "${nameOf('shop')}"`],
    ['reads passwords', 'SELECT * FROM pg_authid'],
    ['reads files', `SELECT pg_read_file('PG_VERSION')`],
    ['runs programs', `COPY orders FROM PROGRAM 'true'`],
    [
      'ends sessions of others',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $$postgres$$',
    ],
    ['keeps fewer days of the inbox by the function inside', 'SELECT keep_inbox_days(1)'],
    ['counts the work of others', dueWorkQuery('bank')],
    ['changes which migrations are applied', 'DELETE FROM schema_migrations'],
    ['changes how long events are remembered', 'DELETE FROM inbox_retention'],
  ])('is refused when it %s', async (_what, statement) => {
    const sql = typeof statement === 'string' ? statement : statement();
    await expect(role.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(Object.entries(SHARED_TABLES))(
    'neither sees nor changes rows of others in %s',
    async (table, column) => {
      const { rows } = await role.query<{ app: string }>(`SELECT ${column} AS app FROM ${table}`);
      expect(rows).toEqual([{ app: 'shop' }]);
      const other = `WHERE ${column} = 'bank'`;
      expect((await role.query(`DELETE FROM ${table} ${other}`)).rowCount).toBe(0);
      const taken = `UPDATE ${table} SET ${column} = 'shop' ${other}`;
      expect((await role.query(taken)).rowCount).toBe(0);
      const given = `UPDATE ${table} SET ${column} = 'bank' WHERE ${column} = 'shop'`;
      await expect(role.query(given)).rejects.toThrow('violates row-level security policy');
      const all = await owner.query(`SELECT FROM ${table}`);
      expect(all.rowCount).toBe(2);
    },
  );

  it('writes no rows in the name of others, even by a conflict', async () => {
    for (const statement of rowsOf('bank').split(';')) {
      await expect(role.query(statement)).rejects.toThrow('violates row-level security policy');
    }
    await expect(
      role.query(
        `INSERT INTO processed_events VALUES ('bank', 0, '/s', '1', current_date) ON CONFLICT DO NOTHING`,
      ),
    ).rejects.toThrow('violates row-level security policy');
  });

  it('cannot pass its rights on', async () => {
    // PostgreSQL warns, and grants nothing.
    await role.query(`GRANT ALL ON orders TO "${nameOf('bank')}"`);
    await expect(database.poolOf('bank').query('SELECT FROM orders')).rejects.toThrow('denied');
  });

  it('cannot switch the policies off', async () => {
    const client = await role.connect();
    await client.query('SET row_security = off');
    await expect(client.query('SELECT * FROM quarantine')).rejects.toMatchObject({ code: '42501' });
    client.release(true);
  });

  it('keeps the days of the inbox that the platform says, whatever it asks for', async () => {
    await owner.query(`SELECT keep_inbox_days(36)`);
    const { rows } = await role.query<{ oldest: string }>(
      `SELECT (current_date - oldest) AS oldest FROM keep_processed_events(1)`,
    );
    expect(rows).toEqual([{ oldest: 36 }]);
  });

  it('does not connect to other databases of the platform', async () => {
    const other = await createDatabase(inject('postgresPort'), []);
    const { rows } = await other.pool.query<{ name: string }>('SELECT current_database() AS name');
    const { options } = role as unknown as { options: pg.PoolConfig };
    const { password } = options;
    const client = new pg.Client({ ...options, password, database: rows[0]!.name });
    await expect(client.connect()).rejects.toMatchObject({ code: '42501' });
    await other.drop();
  });
});

describe('roles', () => {
  it('read and write what migrations of their app have created', async () => {
    await role.query(`INSERT INTO orders (text) VALUES ('a')`);
    await role.query(`INSERT INTO catalog.items (text) VALUES ('a')`);
    expect((await role.query('SELECT text FROM open_orders')).rows).toEqual([{ text: 'a' }]);
    await role.query('DELETE FROM catalog.items');
  });

  it('have shared tables by what their manifests say', async () => {
    const producer = database.poolOf('till');
    await producer.query(rowsOf('till').split(';')[3]!);
    await expect(producer.query('SELECT FROM processed_events')).rejects.toThrow('denied');
    await expect(database.poolOf('bank').query('SELECT FROM outbox')).rejects.toThrow('denied');
  });

  it('of a dead-letter processor see the quarantine of all consumers, and nothing else', async () => {
    const collector = database.poolOf(DEAD_LETTER_PROCESSOR.appId);
    const { rowCount } = await collector.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(rowCount).toBe(2);
    await expect(collector.query('SELECT FROM effects')).rejects.toThrow('denied');
  });

  it('need no statement when they have what is declared', async () => {
    expect(await statements(roles())).toEqual([]);
  });

  it('share a table where both manifests have its migration', async () => {
    const sharing = roles().map((each) =>
      each.role === nameOf('bank') ? { ...each, migrations: ['0100-shop', '0200-bank'] } : each,
    );
    await declare(sharing);
    await database.poolOf('bank').query('SELECT FROM orders');
    await declare(roles());
    await expect(database.poolOf('bank').query('SELECT FROM orders')).rejects.toThrow('denied');
  });

  it('lose a right that somebody has given them by hand', async () => {
    await owner.query(`GRANT ALL ON accounts TO "${nameOf('shop')}"`);
    await role.query('SELECT FROM accounts');
    await declare(roles());
    await expect(role.query('SELECT FROM accounts')).rejects.toThrow('denied');
  });

  it('keep temporary tables, where somebody grants them', async () => {
    const { database: name } = (role as unknown as { options: pg.PoolConfig }).options;
    const granted = `TEMPORARY ON DATABASE ${name!}`;
    await owner.query(`GRANT ${granted} TO "${nameOf('shop')}"`);
    await declare(roles());
    await role.query('CREATE TEMPORARY TABLE mine (id int)');
    await owner.query(`REVOKE ${granted} FROM "${nameOf('shop')}"`);
  });

  it('of apps that are removed cannot log in, and have no rights when they come back', async () => {
    await declare(roles().filter((each) => each.role !== nameOf('till')));
    const { options } = database.poolOf('till') as unknown as { options: pg.PoolConfig };
    const client = new pg.Client(options);
    await expect(client.connect()).rejects.toThrow('is not permitted to log in');
    const { rows } = await owner.query<{ held: boolean }>(
      `SELECT has_table_privilege($1, 'outbox', 'SELECT') AS held`,
      [nameOf('till')],
    );
    expect(rows).toEqual([{ held: false }]);
    await owner.query(`ALTER ROLE "${nameOf('till')}" LOGIN`);
    await declare(roles());
    await database.poolOf('till').query('SELECT FROM outbox');
  });

  it('that could do more are reported, with what mends it', async () => {
    const problems = async () =>
      (
        await owner.query<{ problem: string }>(accessProblems('$1'), [
          JSON.stringify({ prefixes: [], roles: roles() }),
        ])
      ).rows.map(({ problem }) => problem);
    expect(await problems()).toEqual([]);
    const name = nameOf('shop');
    await owner.query(`ALTER ROLE "${name}" CREATEROLE; GRANT pg_read_all_data TO "${name}";
      GRANT CREATE ON SCHEMA public TO "${name}"`);
    expect(await problems()).toEqual([
      `role '${name}' has more rights than any app needs: ALTER ROLE "${name}" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`,
      `role '${name}' is a member of 'pg_read_all_data': REVOKE pg_read_all_data FROM "${name}"`,
      `role '${name}' may create objects in the schema public: REVOKE CREATE ON SCHEMA public FROM PUBLIC, "${name}"`,
    ]);
    await owner.query(`ALTER ROLE "${name}" NOCREATEROLE; REVOKE pg_read_all_data FROM "${name}"`);
    await declare(roles());
    expect(await problems()).toEqual([]);
  });
});

function todaysPartition(): string {
  return `processed_events_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;
}
