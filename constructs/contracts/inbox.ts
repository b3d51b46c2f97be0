import type { Migration } from './image-manifest.ts';

/** Name of the table in which consumers record the events whose effect has been committed. */
export const INBOX_TABLE = 'processed_events';

/**
 * The inbox that consumers share. An event is known by consumer, source and id, since CloudEvents
 * makes an id unique only within its source. The row is written in the transaction of the event's
 * effect: either both are there, or neither.
 */
export const INBOX_MIGRATION: Migration = {
  name: '0001-inbox',
  sql: `CREATE TABLE ${INBOX_TABLE} (
  consumer text NOT NULL,
  source text NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, source, event_id)
);`,
};
