import type { Migration } from '../app-manifest.ts';

/** Name of the table of events that are committed and not published yet. */
export const OUTBOX_TABLE = 'outbox';
/** Name of the table of who publishes which share of the outbox. */
export const OUTBOX_LANES_TABLE = 'outbox_lanes';
/** Shares of one producer's outbox. A key belongs to one lane for good. */
export const OUTBOX_LANES = 16;

/**
 * The outbox of producers: an event is a row in the producer's own transaction, and a relay publishes
 * it afterwards. `xid` tells whether a transaction that started earlier may still commit rows in
 * front of this one: only rows below that horizon are read, in the order of `position`.
 *
 * @see https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export const OUTBOX_MIGRATION: Migration = {
  name: '0003-outbox',
  sql: `CREATE TABLE ${OUTBOX_TABLE} (
  producer text COLLATE "C" NOT NULL,
  lane smallint NOT NULL CHECK (lane BETWEEN 0 AND ${OUTBOX_LANES - 1}),
  position bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  topic text NOT NULL,
  key text NOT NULL,
  event text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (producer, lane, position)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE ${OUTBOX_LANES_TABLE} (
  producer text COLLATE "C" NOT NULL,
  lane smallint NOT NULL,
  owner text,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (producer, lane)
);`,
};

/**
 * `event_type` says what a row is without reading the event. A row whose event cannot be published is
 * set aside with the reason, and delays no other row.
 */
export const OUTBOX_SET_ASIDE_MIGRATION: Migration = {
  name: '0005-outbox-set-aside',
  sql: `ALTER TABLE ${OUTBOX_TABLE}
  ADD COLUMN event_type text,
  ADD COLUMN set_aside_because text,
  ADD COLUMN set_aside_at timestamptz;
CREATE INDEX ${OUTBOX_TABLE}_waiting ON ${OUTBOX_TABLE} (producer, lane, position)
  WHERE set_aside_because IS NULL;
CREATE INDEX ${OUTBOX_TABLE}_set_aside ON ${OUTBOX_TABLE} (producer)
  WHERE set_aside_because IS NOT NULL;`,
};
