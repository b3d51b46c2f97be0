import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledger, ledgerFaults, ledgerIds, ledgerManifest, Paid } from '../../testing/ledger.ts';
import { TEST_LOGIN } from '../testing/postgres.ts';
import { ACKNOWLEDGED, RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import {
  TransactionTimeoutError,
  inTransaction,
  runStatement,
  type Transaction,
} from './database.ts';
import { classifyFailure, DatabaseUnavailableError } from '../errors/failure.ts';
import { databaseReadiness } from './readiness.ts';

let database: TestDatabase;
const port = inject('postgresPort');

beforeAll(async () => {
  database = await createDatabase(port, [ledgerManifest]);
});
afterAll(() => database.drop());
beforeEach(async () => {
  ledgerFaults.before = () => undefined;
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

function poolOf(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port,
    ...TEST_LOGIN,
    database: (database.pool as unknown as { options: pg.PoolConfig }).options.database,
    connectionTimeoutMillis: 2_000,
    ...config,
  });
  pool.on('error', () => undefined);
  return pool;
}

/** Each would change what a session reads, writes, or may do. */
const SESSION_SETTINGS: readonly (readonly [string, string])[] = [
  ['DateStyle', 'SQL, DMY'],
  ['DateStyle', 'German'],
  ['DateStyle', 'Postgres, MDY'],
  ['IntervalStyle', 'iso_8601'],
  ['TimeZone', 'Pacific/Kiritimati'],
  ['TimeZone', 'Pacific/Pago_Pago'],
  ['bytea_output', 'escape'],
  ['extra_float_digits', '-15'],
  ['array_nulls', 'off'],
  ['standard_conforming_strings', 'off'],
  ['transform_null_equals', 'on'],
  ['exit_on_error', 'on'],
  ['lock_timeout', '1ms'],
  ['statement_timeout', '1ms'],
  ['idle_in_transaction_session_timeout', '1ms'],
  ['transaction_timeout', '200ms'],
  ['default_transaction_isolation', 'serializable'],
  ['default_transaction_isolation', 'repeatable read'],
  ['synchronous_commit', 'off'],
  ['client_encoding', 'LATIN1'],
];

describe('whatever the session settings of a role are', () => {
  it.each(SESSION_SETTINGS)('%s = %s changes nothing', async (name, value) => {
    const role = 'other_settings';
    await database.pool.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD 'test'`);
    await database.pool.query(`ALTER ROLE ${role} SET ${name} = '${value}'`);
    const pool = poolOf({ user: role });
    const running = await new RunningConsumer(ledger, pool).start();
    try {
      const events = [
        testEvent(Paid, '1', { account: 'ä🐘', amount: 1 }),
        testEvent(Paid, '2', { account: 'ä🐘', amount: 'x' }),
        testEvent(Paid, '3', { account: 'NULL', amount: 1 }),
        testEvent(Paid, '4', { account: 'b', amount: 1, then: 'overflow' }),
      ];
      expect(await running.deliverMany(Paid, events)).toEqual(Array(4).fill('SUCCESS'));
      expect(await running.deliverMany(Paid, events)).toEqual(Array(4).fill('SUCCESS'));
      expect(await ledgerIds(database.pool)).toEqual(['1', '3']);
      const kept = await database.pool.query<object>(
        'SELECT event_id, reason, key, stack IS NULL AS stackless FROM quarantine ORDER BY id',
      );
      expect(kept.rows).toEqual([
        { event_id: '2', reason: 'contract', key: 'ä🐘', stackless: true },
        { event_id: '4', reason: 'data', key: 'b', stackless: false },
      ]);
      const { rows: within } = await inTransaction(pool, (tx) =>
        tx.query(
          `SELECT current_setting('statement_timeout') AS statement, current_setting('synchronous_commit') AS commit,
             current_setting('transaction_isolation') AS isolation, (now()::date + 1)::text ~ '^[0-9]{4}-' AS iso`,
        ),
      );
      expect(within).toEqual([
        { statement: '25s', commit: 'on', isolation: 'read committed', iso: true },
      ]);
    } finally {
      await running.stop();
      await pool.end();
      // It may own partitions of the inbox.
      await database.pool.query(`REASSIGN OWNED BY ${role} TO postgres; DROP ROLE ${role}`);
    }
  });
});

describe('a database that turns read-only under the pool', () => {
  it('has its connections closed, the delivery held, and the image unready until it takes writes', async () => {
    const pool = poolOf({ max: 2 });
    const running = await new RunningConsumer(ledger, pool).start();
    const name = (pool as unknown as { options: pg.PoolConfig }).options.database;
    const closed: pg.PoolClient[] = [];
    pool.on('remove', (client) => closed.push(client));
    await running.deliver(Paid, '0', { account: 'a', amount: 1 });
    try {
      await database.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      // Sessions that are open follow as those of a demoted server do.
      await pool.query('SET default_transaction_read_only = on');
      const held = running.deliver(Paid, '1', { account: 'a', amount: 1 });
      await expect.poll(() => running.get('/readyz')).toEqual({ status: 503, body: 'not ready' });
      await expect.poll(() => closed.length).toBeGreaterThan(1);
      await database.pool.query('SET default_transaction_read_only = off');
      await database.pool.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
      expect(await held).toEqual(ACKNOWLEDGED);
      await expect.poll(() => running.get('/readyz')).toEqual({ status: 200, body: 'ok' });
      expect(await ledgerIds(database.pool)).toEqual(['0', '1']);
      const quarantined = await database.pool.query('SELECT FROM quarantine');
      expect(quarantined.rowCount).toBe(0);
    } finally {
      await running.stop();
      await pool.end();
    }
  });
});

describe('readiness', () => {
  it.each([
    [
      'REVOKE DELETE ON processed_events FROM limited',
      'the role may not write to processed_events: GRANT it SELECT, INSERT, UPDATE and DELETE',
    ],
    ['REVOKE SELECT ON schema_migrations FROM limited', 'database: SQLSTATE 42501'],
  ])('sees what the work needs: %s', async (statement, reason) => {
    await database.pool.query(
      `CREATE ROLE limited LOGIN PASSWORD 'test'; GRANT ALL ON ALL TABLES IN SCHEMA public TO limited;
       DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO limited', current_database()); END $$`,
    );
    const pool = poolOf({ user: 'limited' });
    try {
      expect(await databaseReadiness(pool, ledgerManifest)()).toBeUndefined();
      await database.pool.query(statement);
      expect(await databaseReadiness(pool, ledgerManifest)()).toBe(reason);
    } finally {
      await pool.end();
      await database.pool.query('DROP OWNED BY limited; DROP ROLE limited');
    }
  });

  it('refuses a database whose encoding is not Unicode', async () => {
    await database.pool.query(
      `CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`,
    );
    const pool = poolOf({ database: 'latin' });
    try {
      await pool.query('CREATE TABLE schema_migrations (name text)');
      expect(await databaseReadiness(pool, ledgerManifest)()).toBe(
        "the database's encoding is LATIN1: events are Unicode, create it with ENCODING 'UTF8'",
      );
    } finally {
      await pool.end();
      await database.pool.query('DROP DATABASE latin WITH (FORCE)');
    }
  });
});

/** A server that does something else with each connection than PostgreSQL would. */
async function strangeServer(serve: (socket: Socket) => void): Promise<Server & { port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as { port: number }).port });
}

describe('whatever goes wrong while connecting is an outage', () => {
  const answers: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['a server that hangs up', (socket) => socket.destroy()],
    ['a server that says nothing', () => undefined],
    ['a server of another protocol', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['random bytes', (socket) => socket.end(Buffer.from('52ffffffff00', 'hex'))],
  ];
  it.each(answers)('%s', async (_what, serve) => {
    const server = await strangeServer(serve);
    const pool = poolOf({ port: server.port, connectionTimeoutMillis: 300 });
    const error: unknown = await runStatement(pool, 'SELECT 1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(classifyFailure(error)).toBe('unavailable');
    await pool.end();
    server.close();
  });

  it.each<readonly [string, pg.PoolConfig]>([
    ['a wrong password', { user: 'nobody_at_all' }],
    ['a database that is not there', { database: 'nowhere' }],
    ['a port where nobody listens', { port: 1 }],
    ['a host that has no address', { host: 'nowhere.invalid' }],
    ['TLS that the server does not speak', { ssl: true }],
    [
      'a certificate that cannot be read',
      { ssl: { ca: 'not a certificate', rejectUnauthorized: true } },
    ],
    ['a startup parameter that is refused', { options: '-c nonsense=1' }],
  ])('%s', async (_what, config) => {
    const pool = poolOf(config);
    await expect(runStatement(pool, 'SELECT 1')).rejects.toThrow(DatabaseUnavailableError);
    await pool.end();
  });

  it('holds a delivery, and processes it when connecting works', async () => {
    let broken = true;
    const proxy = await strangeServer((socket) => {
      if (broken) {
        socket.end('garbage');
        return;
      }
      const upstream = connect(port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    const pool = poolOf({ port: proxy.port });
    const running = await new RunningConsumer(ledger, pool).start();
    const held = running.deliver(Paid, '1', { account: 'a', amount: 1 });
    await expect.poll(() => running.get('/readyz')).toMatchObject({ status: 503 });
    broken = false;
    expect(await held).toEqual(ACKNOWLEDGED);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    await running.stop();
    await pool.end();
    proxy.close();
  });
});

describe('a transaction', () => {
  it('that waits for a server which no longer answers is an outage, not a mistake of the handler', async () => {
    let silent = false;
    const proxy = await strangeServer((socket) => {
      const upstream = connect(port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.on('data', (chunk) => silent || upstream.write(chunk));
      upstream.on('data', (chunk) => silent || socket.write(chunk));
    });
    const pool = poolOf({ port: proxy.port });
    const waiting = inTransaction(
      pool,
      async (tx) => {
        silent = true;
        await tx.query('SELECT 1');
      },
      600,
    );
    await expect(waiting).rejects.toThrow(DatabaseUnavailableError);
    await pool.end();
    proxy.close();
  });

  it('takes no statement after its end: the connection is another transaction by then', async () => {
    let kept: Transaction | undefined;
    await inTransaction(database.pool, (tx) => Promise.resolve((kept = tx)));
    const late = () => kept!.query('CREATE TABLE stray ()');
    await expect(late()).rejects.toThrow('the transaction has ended: await each statement');
    const failing = inTransaction(database.pool, (tx) => {
      kept = tx;
      return Promise.reject(new RangeError('refused'));
    });
    await expect(failing).rejects.toThrow('refused');
    await expect(late()).rejects.toThrow('the transaction has failed before this statement');
    const { rows } = await database.pool.query<{ stray: string | null }>(
      "SELECT to_regclass('stray') AS stray",
    );
    expect(rows).toEqual([{ stray: null }]);
  });

  it('is late when its handler is, and a slow statement is cancelled by the server', async () => {
    const slow = inTransaction(database.pool, () => new Promise(() => undefined), 200);
    await expect(slow).rejects.toThrow(TransactionTimeoutError);
    const cancelled = inTransaction(database.pool, (tx) => tx.query('SELECT pg_sleep(5)'), 600);
    await expect(cancelled).rejects.toMatchObject({ code: '57014' });
  });
});
