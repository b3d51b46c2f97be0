import {
  EFFECTS_TABLE,
  OUTBOX_LANES_TABLE,
  OUTBOX_TABLE,
  SAGAS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';

/** Schema of what tests know beyond what apps know: their time, and what has been committed. */
const SCHEMA = 'event_platform_test';

/**
 * Statements for a new database. A function `now` in front of PostgreSQL's own tells the time of the test; a trigger
 * notes what is added to the outbox, and apps note what their handlers have handled in the same transaction.
 */
export function ledgerStatements(database: string, now: number): string {
  return `CREATE SCHEMA ${SCHEMA};
GRANT USAGE ON SCHEMA ${SCHEMA} TO PUBLIC;
CREATE TABLE ${SCHEMA}.time (instant timestamptz NOT NULL);
INSERT INTO ${SCHEMA}.time VALUES (to_timestamp(${now / 1_000}));
GRANT SELECT ON ${SCHEMA}.time TO PUBLIC;
CREATE FUNCTION ${SCHEMA}.now() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT instant FROM ${SCHEMA}.time';
CREATE TABLE ${SCHEMA}.accepted (producer text, event text);
CREATE TABLE ${SCHEMA}.handled (consumer text, source text, event_id text, event_time text);
GRANT INSERT ON ${SCHEMA}.handled TO PUBLIC;
CREATE FUNCTION ${SCHEMA}.accept() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ${SCHEMA}.accepted VALUES (NEW.producer, NEW.event);
  RETURN NULL;
END $$;
ALTER DATABASE ${database} SET search_path = public, ${SCHEMA}, pg_catalog;`;
}

/** Lets the outbox, which migrations have created, note what is added to it. */
export const WATCH_OUTBOX = `CREATE TRIGGER ${SCHEMA}_accept AFTER INSERT ON ${OUTBOX_TABLE}
FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.accept()`;

/** Moves the time to milliseconds ($1) since 1970. */
export const MOVE_TIME = `UPDATE ${SCHEMA}.time SET instant = to_timestamp($1::float8 / 1000)`;

/** Notes that a consumer ($1) has handled events, by sources, ids and times. */
export const NOTE_HANDLED = `INSERT INTO ${SCHEMA}.handled
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])`;

/** Events that requests and handlers have published. */
export const ACCEPTED = `SELECT event FROM ${SCHEMA}.accepted`;

/** How often each consumer has handled an event. */
export const HANDLED = `SELECT consumer, source, event_id AS id, event_time AS time, count(*)::int AS times
FROM ${SCHEMA}.handled GROUP BY 1, 2, 3, 4`;

/** Milliseconds since 1970 at which something becomes due that is not due yet. */
export const NEXT_DUE = `SELECT extract(epoch FROM least(
  (SELECT min(due_at) FROM ${EFFECTS_TABLE} WHERE status = 'pending' AND due_at > now()),
  (SELECT min(due_at) FROM ${SAGAS_TABLE} WHERE due_at > now()),
  (SELECT min(leased_until) FROM ${OUTBOX_LANES_TABLE} lanes WHERE leased_until > now() AND EXISTS (
    SELECT FROM ${OUTBOX_TABLE} waiting
    WHERE waiting.producer = lanes.producer AND waiting.lane = lanes.lane AND set_aside_because IS NULL))
))::float8 * 1000 AS at`;

/** Events that no relay sees yet, since an earlier transaction of the server has not ended. */
export const HIDDEN = `SELECT count(*)::int AS events FROM ${OUTBOX_TABLE}
WHERE set_aside_because IS NULL AND xid >= pg_snapshot_xmin(pg_current_snapshot())`;
