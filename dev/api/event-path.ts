import type pg from 'pg';
import {
  EFFECTS_TABLE,
  IDEMPOTENCY_KEYS_TABLE,
  INBOX_TABLE,
  MIGRATIONS_TABLE,
  OUTBOX_LANES_TABLE,
  OUTBOX_TABLE,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import type { ConsumerPath, EffectView } from './types.ts';

/** Rows of a table that are shown. */
const MAX_ROWS = 20;
/** Larger tables are not searched: no index leads to the rows of a transaction. */
const MAX_TABLE_ROWS = 100_000;

const INBOX = `
SELECT consumer, processed_at AS at, xmin::text AS xid FROM ${INBOX_TABLE}
WHERE source = $1 AND event_id = $2 ORDER BY processed_at`;
const QUARANTINE = `
SELECT consumer, quarantined_at AS at, xmin::text AS xid, concat(reason, ': ', cause) AS cause
FROM ${QUARANTINE_TABLE} WHERE source = $1 AND event_id = $2 AND status <> 'discarded' ORDER BY id`;
const EFFECTS = `
SELECT consumer, kind, status, payload, error FROM ${EFFECTS_TABLE}
WHERE source = $1 AND event_id = $2 ORDER BY id`;
const OWN_TABLES = `
SELECT oid::regclass::text AS name FROM pg_class
WHERE relkind = 'r' AND NOT relispartition AND reltuples <= ${MAX_TABLE_ROWS}
  AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND relname <> ALL ($1)
ORDER BY 1`;

/** Tables of the platform, whose rows the path names by what they mean. */
const PLATFORM_TABLES = [
  EFFECTS_TABLE,
  IDEMPOTENCY_KEYS_TABLE,
  MIGRATIONS_TABLE,
  OUTBOX_LANES_TABLE,
  OUTBOX_TABLE,
  QUARANTINE_TABLE,
];

/** A row of the inbox or of the quarantine. */
interface Taken {
  readonly consumer: string;
  readonly at: Date;
  /** The transaction that wrote it. */
  readonly xid: string;
  readonly cause?: string;
}

/** Rows of apps' own tables that a transaction has written, and nothing has changed since. */
async function rowsOf(
  pool: pg.Pool,
  tables: readonly string[],
  xid: string,
): Promise<ConsumerPath['rows']> {
  const found = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await pool.query<{ row: object }>(
        `SELECT to_json(t) AS row FROM ${table} t WHERE t.xmin = $1::xid LIMIT ${MAX_ROWS}`,
        [xid],
      );
      return [table, rows.map(({ row }) => row)] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, rows]) => rows.length > 0));
}

/**
 * What the consumers of one database have done with an event: the row of the inbox or the quarantine, what else its
 * transaction has written, and the side effects that it has scheduled.
 */
export async function consumerPaths(
  database: string,
  pool: pg.Pool,
  event: { readonly source: string; readonly id: string },
): Promise<ConsumerPath[]> {
  const values = [event.source, event.id];
  const [processed, quarantined, effects, tables] = await Promise.all([
    pool.query<Taken>(INBOX, values),
    pool.query<Taken>(QUARANTINE, values),
    pool.query<EffectView & { readonly consumer: string }>(EFFECTS, values),
    pool.query<{ name: string }>(OWN_TABLES, [PLATFORM_TABLES]),
  ]);
  const names = tables.rows.map(({ name }) => name);
  // An event that is quarantined is in the inbox, too.
  const held = new Map(quarantined.rows.map((row) => [row.consumer, row]));
  const taken = [...processed.rows.filter(({ consumer }) => !held.has(consumer)), ...held.values()];
  return Promise.all(
    taken.map(async ({ consumer, at, xid, cause }) => ({
      ...{ appId: consumer, database, at: at.toISOString() },
      outcome: cause === undefined ? ('processed' as const) : ('quarantined' as const),
      rows: cause === undefined ? await rowsOf(pool, names, xid) : {},
      effects: effects.rows
        .filter((row) => row.consumer === consumer)
        .map(({ kind, status, payload, error }) => ({ kind, status, payload, error })),
      ...(cause !== undefined && { cause }),
    })),
  );
}
