import pg from 'pg';
import { describeFailure } from './failure.ts';
import type { Logger } from './logging.ts';

/** What a handler may do with the database: run statements in the delivery's transaction. */
export interface Transaction {
  /** Runs one statement. Values go into `$1`, `$2`, … */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** A transaction took longer than it may. */
export class DeadlineError extends Error {
  public override readonly name = 'DeadlineError';
}

/** A statement failed, and whoever ran it went on as if it had not. */
export class HiddenFailureError extends Error {
  public override readonly name = 'HiddenFailureError';
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

/** Longest time that a transaction may take, in milliseconds. */
const DEADLINE = 30_000;

/**
 * Runs something in a transaction of its own, READ COMMITTED, and commits it.
 *
 * @param deadline in milliseconds. @default 30000
 * @throws DeadlineError when it takes longer; the connection is closed then, and nothing committed.
 * @throws HiddenFailureError when a statement failed and `run` returned all the same.
 * @throws what `run` or the database throws; then nothing is committed, unless the connection broke
 * during COMMIT.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  run: (tx: Transaction) => Promise<T>,
  deadline = DEADLINE,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await client.query('BEGIN');
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        broken = new DeadlineError(`the transaction took longer than ${deadline / 1000} s`);
        reject(broken);
      }, deadline);
    });
    const running = run({
      query: (statement, values) =>
        broken === undefined ? client.query(statement, values?.slice()) : Promise.reject(broken),
    });
    // After the deadline nobody waits for it any more.
    running.catch(() => undefined);
    const result = await Promise.race([running, late]);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') {
      // PostgreSQL answers a COMMIT after a failed statement with ROLLBACK, not with an error.
      throw new HiddenFailureError(
        'a statement failed and its handler hid the error: nothing was committed',
      );
    }
    return result;
  } catch (error) {
    if (broken === undefined) {
      await client.query('ROLLBACK').catch((reason: unknown) => {
        broken = reason as Error;
      });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    // A connection that could not roll back is closed, not handed to the next one.
    client.release(broken);
  }
}
