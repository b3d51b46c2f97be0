import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  APPEND_EVENTS_FUNCTION,
  STORED_EVENTS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import type { Transaction } from '../database/database.ts';
import { AppendOrderError, StreamConflictError } from '../errors/stream-errors.ts';
import type { Cause } from '../events/causation.ts';
import { eventDay } from '../events/cloud-event.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { StoredMetadata } from './stored-event.ts';
import type { StoredRow } from './stored-reader.ts';
import type { StreamName } from './stream-name.ts';
import { findAppended } from './stored-rows.ts';

/** An event as it is stored. */
export interface AppendedEvent {
  readonly type: string;
  readonly schemaVersion: string;
  /** As JSON. */
  readonly data: string;
}

/** What is appended to a stream. */
export interface Append extends StreamName {
  readonly events: readonly AppendedEvent[];
  /** Version that the stream must have; undefined for any. */
  readonly expected: number | undefined;
  readonly metadata: StoredMetadata;
  /** Tells what follows from one cause: it is appended once. @default - it is appended each time */
  readonly causeKey: string | undefined;
  readonly time: Date;
}

/** Rows that were appended, now or before by the same cause. */
export interface Appended {
  readonly rows: readonly StoredRow[];
  readonly repeated: boolean;
}

/** The same for the same cause and discriminator, and another for everything else. */
export function causeKeyOf(cause: Cause, discriminator: string | undefined): string {
  const day = cause.time === undefined ? null : eventDay(cause as CloudEvent);
  const parts = [cause.source, cause.id, day, discriminator ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

const APPEND = `SELECT * FROM ${APPEND_EVENTS_FUNCTION}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

const LAST = `SELECT version FROM ${STORED_EVENTS_TABLE}
WHERE app = $1 AND streams = $2 AND stream = $3 ORDER BY version DESC LIMIT 1`;

const UNIQUE_VIOLATION = '23505';

/** Whether another transaction has appended at the same time. */
function isConcurrentAppend(error: unknown): boolean {
  const { code, table } = error as Partial<Record<'code' | 'table', string>>;
  return code === UNIQUE_VIOLATION && table === STORED_EVENTS_TABLE;
}

/**
 * Appends events to a stream.
 *
 * @throws StreamConflictError when the stream has another version than the expected one.
 * @throws AppendOrderError when the transaction has begun before that of the stream's last event, another one appends at the
 * same time, or the store has not gone on yet behind events of another server: tried again, it succeeds.
 */
export async function appendRows(tx: Transaction, append: Append): Promise<Appended> {
  const { app, streams, stream, events, expected, metadata, causeKey, time } = append;
  let rows: readonly StoredRow[];
  try {
    ({ rows } = await tx.query<StoredRow & pg.QueryResultRow>(APPEND, [
      ...[app, streams, stream],
      events.map(({ type }) => type),
      events.map(({ schemaVersion }) => schemaVersion),
      events.map(({ data }) => data),
      ...[JSON.stringify(metadata), causeKey ?? null, time, expected ?? null],
    ]));
  } catch (error) {
    if (!isConcurrentAppend(error)) {
      throw error;
    }
    throw expected === undefined
      ? new AppendOrderError(streams, stream)
      : new StreamConflictError(streams, stream, expected, undefined);
  }
  if (rows.length > 0) {
    return { rows, repeated: false };
  }
  const before = causeKey === undefined ? [] : await findAppended(tx, append, causeKey);
  if (before.length > 0) {
    return { rows: before, repeated: true };
  }
  const { rows: last } = await tx.query<{ version: number }>(LAST, [app, streams, stream]);
  const actual = last[0]?.version ?? 0;
  throw expected !== undefined && actual !== expected
    ? new StreamConflictError(streams, stream, expected, actual)
    : new AppendOrderError(streams, stream);
}
