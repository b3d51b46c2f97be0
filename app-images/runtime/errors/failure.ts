import { INBOX_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { InvalidEventError } from './invalid-event-error.ts';
import { CommandRefusedError, StreamConflictError } from './stream-errors.ts';

/** A handler failed at one event, whose effect alone is in doubt. */
export class HandlerError extends Error {
  public override readonly name = 'HandlerError';

  /**
   * @param event the event.
   * @param cause what the handler threw.
   */
  public constructor(
    public readonly event: object,
    public override readonly cause: unknown,
  ) {
    super('the handler failed', { cause });
  }
}

/** The inbox cannot take an event, since the database refuses its data. */
export class InboxRefusalError extends Error {
  public override readonly name = 'InboxRefusalError';
}

/** The database cannot take anybody's transaction now: the reason has nothing to do with an event. */
export class DatabaseUnavailableError extends Error {
  public override readonly name = 'DatabaseUnavailableError';

  /**
   * @param what was being done, such as `cannot connect to the database`.
   * @param cause what the driver, the network or the server said.
   */
  public constructor(
    what: string,
    public override readonly cause: unknown,
  ) {
    super(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** Something that an event needs cannot be reached, or is not set up yet. The delivery is held until it is. */
export class DependencyUnavailableError extends Error {
  public override readonly name: string = 'DependencyUnavailableError';

  /** Whether it is there, and refuses what it was given: waiting does not help. */
  public readonly isRefusal: boolean = false;
}

/** A person was erased between the decryption of an event and its effect. It is delivered again. */
export class ErasedMeanwhileError extends Error {
  public override readonly name = 'ErasedMeanwhileError';
}

/** What an error says; of several at once, such as one for each address of a host, all of it. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.message === ''
    ? ((error as NodeJS.ErrnoException).code ?? error.name)
    : error.message;
}

/**
 * Why a transaction failed, which decides what happens to the events in it:
 *
 * - `invalid`: the database or the broker refuses the data, and always will. Quarantined at once.
 * - `conflict`: another transaction was in the way. Tried again within the delivery.
 * - `unavailable`: the database cannot take anybody's transaction. Whatever goes wrong while connecting
 *   is of this class, whether or not it is listed here. The delivery is held until the database can, or until the sidecar hangs up: the sidecar's own retries would be over within a minute,
 *   and pour good events into the dead letters.
 * - `failed`: anything else, such as a mistake in a handler. Tried again a few times, then
 *   quarantined.
 */
export type FailureClass = 'invalid' | 'conflict' | 'unavailable' | 'failed';

/** By SQLSTATE, or its first two characters. @see https://www.postgresql.org/docs/18/errcodes-appendix.html */
const BY_SQLSTATE: Readonly<Record<string, FailureClass>> = {
  '22': 'invalid', // data exception
  '23': 'invalid', // constraint violation
  '23503': 'failed', // foreign key: what it refers to may still come
  '40001': 'conflict', // serialization failure
  '40003': 'unavailable', // statement completion unknown
  '40P01': 'conflict', // deadlock
  '55P03': 'conflict', // lock not available
  '08': 'unavailable', // connection exception
  '25006': 'unavailable', // read-only: a primary that was demoted, or a replica
  '28': 'unavailable', // login refused: credentials are being changed
  '3D': 'unavailable', // the database is not there yet
  '25P03': 'unavailable', // idle in transaction for too long: the connection is closed
  '25P04': 'unavailable', // transaction_timeout: the connection is closed
  '53': 'unavailable', // out of disk, memory or connections
  '53400': 'failed', // a limit of one statement, such as temp_file_limit
  '57P': 'unavailable', // shutting down, crashed, or starting
  '58': 'unavailable', // input/output error
  XX: 'conflict', // internal error, such as a relation that was just dropped
};

const SYSTEM_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The driver reports a lost connection by message only. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout)/i;

/** PostgreSQL's name of the place that finds no partition for a row. */
const NO_PARTITION = 'ExecFindPartition';

/** The class of what a transaction threw. */
export function classifyFailure(error: unknown): FailureClass {
  if (error instanceof HandlerError || error instanceof InboxRefusalError) {
    return classifyFailure(error.cause);
  }
  if (error instanceof DependencyUnavailableError) {
    return error.isRefusal ? 'invalid' : 'unavailable';
  }
  if (error instanceof DatabaseUnavailableError) {
    return 'unavailable';
  }
  if (error instanceof ErasedMeanwhileError || error instanceof StreamConflictError) {
    return 'conflict';
  }
  if (error instanceof InvalidEventError || error instanceof CommandRefusedError) {
    return 'invalid';
  }
  if (error instanceof AggregateError && error.errors.length > 0) {
    return classifyFailure(error.errors[0]);
  }
  if (!(error instanceof Error)) {
    return 'failed';
  }
  return (
    classifyByCode(error) ?? (CONNECTION_MESSAGES.test(error.message) ? 'unavailable' : 'failed')
  );
}

/** The class by the code of the system or of PostgreSQL; undefined without one. */
function classifyByCode(error: Error): FailureClass | undefined {
  const { code, routine, table } = error as NodeJS.ErrnoException &
    Partial<Record<'routine' | 'table', string>>;
  if (code !== undefined && SYSTEM_CODES.has(code)) {
    return 'unavailable';
  }
  if (routine === NO_PARTITION && table === INBOX_TABLE) {
    // A day has just been dropped: the next try knows.
    return 'conflict';
  }
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    return (
      BY_SQLSTATE[code] ??
      BY_SQLSTATE[code.slice(0, 3)] ??
      BY_SQLSTATE[code.slice(0, 2)] ??
      'failed'
    );
  }
  return undefined;
}

/**
 * Why something failed, for logs: PostgreSQL's messages can quote the values of a row, so of its
 * errors only the code and the names of table, column and constraint are told.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof HandlerError || error instanceof InboxRefusalError) {
    return describeFailure(error.cause);
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { code, table, column, constraint } = error as Error &
    Partial<Record<'code' | 'table' | 'column' | 'constraint', string>>;
  if (code === undefined || SYSTEM_CODES.has(code) || !/^[0-9A-Z]{5}$/.test(code)) {
    return error.message === '' ? (code ?? error.name) : error.message;
  }
  const where = [table, column, constraint].filter((name) => name !== undefined).join(' ');
  return where === '' ? `SQLSTATE ${code}` : `SQLSTATE ${code} at ${where}`;
}
