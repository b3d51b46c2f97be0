import type pg from 'pg';
import {
  STORE_HORIZON_FUNCTION,
  STORED_EVENTS_TABLE,
  STREAM_EVENTS_FUNCTION,
} from '@cdk8s-event-platform/contracts/interface';
import type { Transaction } from '../database/database.ts';
import type { StreamName } from './stream-name.ts';
import type { StorePosition } from './position.ts';
import type { StoredRow } from './stored-reader.ts';

const COLUMNS =
  'stream, version, transaction, position, type, schema_version, data, metadata, cause, time';
/** Events of a stream that are read in one statement. */
const PAGE = 5_000;

/** Which events of a stream are read. */
export interface StreamRange {
  /** Those behind this version. */
  readonly after: number;
  /** Those up to this version. */
  readonly until?: number | undefined;
  /** Those that were there at a time. */
  readonly at?: Date | undefined;
}

/** Reads events of a stream, in their order. */
export async function streamRows(
  tx: Pick<Transaction, 'query'>,
  { app, streams, stream }: StreamName,
  { after, until, at }: StreamRange,
): Promise<StoredRow[]> {
  const found: StoredRow[] = [];
  for (let from = after; ;) {
    const { rows } = await tx.query<StoredRow & pg.QueryResultRow>(
      `SELECT ${COLUMNS} FROM ${STREAM_EVENTS_FUNCTION}($1, $2, $3, $4, $5, $6, ${PAGE})`,
      [app, streams, stream, from, until ?? null, at ?? null],
    );
    for (const row of rows) {
      found.push(row);
    }
    if (rows.length < PAGE) {
      return found;
    }
    from = rows.at(-1)!.version;
  }
}

/** The events that a cause has appended to a stream; none where it has not. */
export async function findAppended(
  tx: Pick<Transaction, 'query'>,
  { app, streams, stream }: StreamName,
  causeKey: string,
): Promise<StoredRow[]> {
  const { rows } = await tx.query<StoredRow & pg.QueryResultRow>(
    `SELECT ${COLUMNS.split(', ')
      .map((name) => `e.${name}`)
      .join(', ')}
     FROM ${STORED_EVENTS_TABLE} first JOIN ${STORED_EVENTS_TABLE} e USING (app, streams, stream, transaction)
     WHERE first.app = $1 AND first.streams = $2 AND first.stream = $3 AND first.cause = $4 AND e.version >= first.version
     ORDER BY e.version`,
    [app, streams, stream, causeKey],
  );
  // Those behind the next cause were appended by another command of the same transaction.
  const next = rows.findIndex(({ cause }, index) => index > 0 && cause !== null);
  return next < 0 ? rows : rows.slice(0, next);
}

/** Reads events of all streams of one kind below the horizon, in their order. */
export async function orderedRows(
  tx: Pick<Transaction, 'query'>,
  { app, streams }: Omit<StreamName, 'stream'>,
  after: StorePosition,
  limit: number,
): Promise<StoredRow[]> {
  const { rows } = await tx.query<StoredRow & pg.QueryResultRow>(
    `SELECT ${COLUMNS} FROM ${STORED_EVENTS_TABLE}
     WHERE app = $1 AND streams = $2 AND (transaction, position) > ($3::bigint, $4::bigint)
       AND transaction < (SELECT ${STORE_HORIZON_FUNCTION}())
     ORDER BY transaction, position LIMIT $5`,
    [app, streams, after.transaction, after.position, limit],
  );
  return rows;
}
