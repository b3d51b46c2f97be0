import pg from 'pg';
import type { Logger } from 'pino';
import { describeFailure } from './failure.ts';

/** What a handler may do with the database: run statements in the delivery's transaction. */
export interface Transaction {
  /** Runs one statement. Values go into `$1`, `$2`, … */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** Settings of {@link openDatabase}. */
export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections at most. @default 10 */
  readonly connections?: number;
  readonly log: Logger;
}

/**
 * A pool of connections to the database that libpq's environment variables name.
 *
 * @see https://www.postgresql.org/docs/18/libpq-envars.html
 */
export function openDatabase(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    application_name: options.applicationName,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    // The server answers within its own limit, or the connection is dead.
    query_timeout: 35_000,
    keepAlive: true,
  });
  // Connections break when the server restarts: those in use fail their statements, and the pool
  // replaces them. Without a listener for each, the first of them would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => {
    options.log.warn({ reason: describeFailure(error) }, 'connection lost');
  });
  return pool;
}
