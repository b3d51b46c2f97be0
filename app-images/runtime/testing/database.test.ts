import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase } from './database.ts';
import { startPostgres, TEST_LOGIN } from './postgres.ts';

const app = (sql: string) =>
  defineApp({
    ...{ appId: 'orders', description: 'Takes orders.', port: 8080 },
    migrations: [{ name: '0100-orders', sql }],
  });
const orders = app('CREATE TABLE orders (id bigint)');
const url = inject('postgresUrl');
beforeEach(() => {
  vi.stubEnv('DATABASE_URL', undefined);
  vi.stubEnv('PGHOST', undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** Names of the databases of a server. */
async function databases(server: string): Promise<string[]> {
  const client = new pg.Client(server);
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
  await client.end();
  return rows.map(({ datname }) => datname);
}

it.each([
  ['url', () => undefined, { url }],
  ['DATABASE_URL', () => vi.stubEnv('DATABASE_URL', url), {}],
  [
    "libpq's variables",
    () => {
      vi.stubEnv('PGHOST', '127.0.0.1');
      vi.stubEnv('PGPORT', String(inject('postgresPort')));
      vi.stubEnv('PGUSER', TEST_LOGIN.user);
      vi.stubEnv('PGPASSWORD', TEST_LOGIN.password);
    },
    {},
  ],
])('makes a database on the server of %s, and drops it', async (_name, prepare, options) => {
  prepare();
  const database = await createDatabase([orders], options);
  const { rows } = await database.pool.query<{ name: string; port: number; applied: boolean }>(
    `SELECT current_database() AS name, inet_server_port() AS port,
       to_regclass('orders') IS NOT NULL AND to_regclass('outbox') IS NOT NULL AS applied`,
  );
  const [{ name, port, applied }] = rows as [(typeof rows)[number]];
  expect([port, applied]).toEqual([inject('postgresPort'), true]);
  expect(await databases(url)).toContain(name);
  await database.drop();
  expect(await databases(url)).not.toContain(name);
});

it('starts a server of its own where none is named', async () => {
  const database = await createDatabase([orders]);
  const { rows } = await database.pool.query<{ port: number }>('SELECT inet_server_port() AS port');
  const { port } = rows[0]!;
  expect(port).not.toBe(inject('postgresPort'));
  await database.drop();
  const gone = new pg.Client({ host: '127.0.0.1', port, ...TEST_LOGIN });
  await expect(gone.connect()).rejects.toThrow('ECONNREFUSED');
});

it('says which migration fails, and leaves no database behind', async () => {
  const postgres = await startPostgres();
  const before = await databases(postgres.url);
  await expect(
    createDatabase([app('CREATE TABL orders ()')], { url: postgres.url }),
  ).rejects.toThrow(`migration '0100-orders' fails: syntax error at or near "TABL"`);
  expect(await databases(postgres.url)).toEqual(before);
  await postgres.remove();
});
