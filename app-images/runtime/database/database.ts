import pg from 'pg';
import { classifyFailure, DatabaseUnavailableError, describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';

/** Runs statements in the transaction of a delivery or a request. */
export interface Transaction {
  /** Runs one statement. Values go into `$1`, `$2`, … */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** A transaction exceeded its timeout. */
export class TransactionTimeoutError extends Error {
  public override readonly name = 'DeadlineError';
}

/** A statement failed, and the handler that ran it hid the error. */
export class HiddenFailureError extends Error {
  public override readonly name = 'HiddenFailureError';
}

/** Settings of {@link openDatabase}. */
export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Maximum number of connections. @default 10 */
  readonly connections?: number;
  readonly log: Logger;
}

/** Timeout of a transaction, in milliseconds. */
const TRANSACTION_TIMEOUT = 30_000;
/** Timeout of a statement, as a ratio of the transaction's. */
const STATEMENT_RATIO = 5 / 6;
/**
 * Time after which a statement that the server has not even cancelled is given up, in milliseconds: the
 * connection is dead.
 */
const ANSWER_TIMEOUT = 35_000;

/**
 * A pool of connections to the database that libpq's environment variables name. It sends no startup
 * parameters that a pooler such as PgBouncer refuses: settings of the session are set in each
 * transaction.
 *
 * @see https://www.postgresql.org/docs/18/libpq-envars.html
 */
export function openDatabase(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    application_name: options.applicationName,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: ANSWER_TIMEOUT,
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

/**
 * What a transaction's session is like, whatever the role, the database, the server or a pooler sets:
 * all that changes how values are read and written as text, how long things may take, and when a
 * commit counts. A read-only default is left alone: who sets it wants no writes.
 *
 * @see https://www.postgresql.org/docs/18/runtime-config-client.html
 */
const SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  exit_on_error: 'off',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '60s',
};

/** Begins a transaction in one round trip. */
function beginStatement(statementTimeout: number): string {
  const settings = { ...SETTINGS, statement_timeout: String(statementTimeout) };
  return [
    // SAVEPOINTs and waiting at a row of the inbox rely on this level.
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = '${value}'`),
    // Otherwise a commit is acknowledged that a crash of the server takes back.
    `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
    // PostgreSQL has it from version 17 on.
    `SELECT set_config('transaction_timeout', '0', true) WHERE current_setting('transaction_timeout', true) IS NOT NULL`,
  ].join(';');
}

/** One connection of the pool, for one transaction. */
class Session {
  #lost = false;
  /** When the statement that has not been answered was sent; undefined while no statement is under way. */
  #askedAt: number | undefined;
  readonly #onLost = () => {
    this.#lost = true;
  };

  private constructor(private readonly client: pg.PoolClient) {
    client.on('error', this.#onLost).on('end', this.#onLost);
  }

  /** Takes a connection and begins a transaction. @throws DatabaseUnavailableError whatever goes wrong. */
  public static async begin(pool: pg.Pool, statementTimeout: number): Promise<Session> {
    let session: Session | undefined;
    try {
      session = new Session(await pool.connect());
      await session.client.query(beginStatement(statementTimeout));
      return session;
    } catch (error) {
      const failure = new DatabaseUnavailableError('cannot connect to the database', error);
      session?.release(failure);
      throw failure;
    }
  }

  /** Milliseconds since a statement was sent that has no answer; 0 when none is pending. */
  public get silentFor(): number {
    return this.#askedAt === undefined ? 0 : performance.now() - this.#askedAt;
  }

  /** @throws DatabaseUnavailableError when the connection is lost. */
  public async query<Row extends pg.QueryResultRow>(
    statement: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>> {
    this.#askedAt = performance.now();
    try {
      return await this.client.query<Row>(statement, values?.slice());
    } catch (error) {
      if (this.#lost && !(error instanceof pg.DatabaseError)) {
        throw new DatabaseUnavailableError('the connection to the database is lost', error);
      }
      throw error;
    } finally {
      this.#askedAt = undefined;
    }
  }

  /** Returns the connection to the pool, or closes it after a failure that it cannot recover from. */
  public release(failure?: Error): void {
    this.client.off('error', this.#onLost).off('end', this.#onLost);
    this.client.release(failure);
  }
}

/**
 * Runs something in a transaction of its own, READ COMMITTED, and commits it.
 *
 * @param timeout in milliseconds. @default 30000
 * @throws DatabaseUnavailableError when there is no connection, or it is lost.
 * @throws DeadlineError when it takes longer; the connection is closed then, and nothing committed.
 * @throws HiddenFailureError when a statement failed and `run` returned all the same.
 * @throws what `run` or the database throws; then nothing is committed, unless the connection broke
 * during COMMIT.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  run: (tx: Transaction) => Promise<T>,
  timeout = TRANSACTION_TIMEOUT,
): Promise<T> {
  const statementTimeout = Math.max(1, Math.floor(timeout * STATEMENT_RATIO));
  const session = await Session.begin(pool, statementTimeout);
  let broken: Error | undefined;
  /** Why no more statements are taken: the connection is soon another transaction's. */
  let over: Error | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        broken =
          session.silentFor > (statementTimeout + timeout) / 2
            ? new DatabaseUnavailableError(
                'the database is silent',
                new Error(`no answer for ${Math.round(session.silentFor)} ms`),
              )
            : new TransactionTimeoutError(`the transaction took longer than ${timeout / 1000} s`);
        reject(broken);
      }, timeout);
    });
    const running = run({
      query: (statement, values) => {
        const refusal = broken ?? over;
        return refusal === undefined ? session.query(statement, values) : Promise.reject(refusal);
      },
    });
    // A failure after the timeout is not an unhandled rejection.
    running.catch(() => undefined);
    const result = await Promise.race([running, late]);
    over = new Error('the transaction has ended: await each statement');
    const { command } = await session.query('COMMIT');
    if (command !== 'COMMIT') {
      // PostgreSQL answers a COMMIT after a failed statement with ROLLBACK, not with an error.
      throw new HiddenFailureError(
        'a statement failed and its handler hid the error: nothing was committed',
      );
    }
    return result;
  } catch (error) {
    over ??= new Error('the transaction has failed before this statement', { cause: error });
    if (broken === undefined && classifyFailure(error) === 'unavailable') {
      // The next one may lead to another server: the primary, or one that has room.
      broken = error as Error;
    }
    if (broken === undefined) {
      await session.query('ROLLBACK').catch((reason: unknown) => {
        broken = reason as Error;
      });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    session.release(broken);
  }
}

/** Runs one statement in a transaction of its own. @throws as {@link inTransaction} */
export function runStatement<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  pool: pg.Pool,
  statement: string,
  values?: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  return inTransaction(pool, (tx) => tx.query<Row>(statement, values));
}

/** Statements that each run in a transaction of their own. */
export function statementsOf(pool: pg.Pool): Pick<Transaction, 'query'> {
  return { query: (statement, values) => runStatement(pool, statement, values) };
}
