import { EFFECTS_TABLE } from './effects.ts';
import type { Migration } from '../app-manifest.ts';

/** Name of the table in which consumers record the events that they have taken. */
export const INBOX_TABLE = 'processed_events';
/** Name of the table of events that a consumer could not process. */
export const QUARANTINE_TABLE = 'quarantine';
/** SQL function `(days integer)`: keeps the inbox's partitions, and returns its oldest and newest day. */
export const KEEP_INBOX_FUNCTION = 'keep_processed_events';

/** How far an event's time may be ahead of the database's clock, in days. */
const DAYS_AHEAD = 1;

/**
 * The inbox that consumers share. An event is known by consumer, epoch, source and id, since
 * CloudEvents makes an id unique only within its source. The row is written in the transaction of
 * the event's effect: either both are there, or neither.
 *
 * The table is partitioned by the day of the event's own time, which never changes, so that days
 * beyond the retention can be dropped at once and a row is always looked for in one partition. A day
 * that has been dropped never comes back: an event of it is quarantined, since nobody can tell any
 * more whether it was processed.
 */
export const INBOX_MIGRATION: Migration = {
  name: '0001-inbox',
  sql: `CREATE TABLE ${INBOX_TABLE} (
  consumer text COLLATE "C" NOT NULL,
  epoch integer NOT NULL,
  source text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  event_day date NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, epoch, source, event_id, event_day)
) PARTITION BY RANGE (event_day);

CREATE FUNCTION ${KEEP_INBOX_FUNCTION}(days integer, OUT oldest date, OUT newest date)
LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  present date[];
  day date;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('${KEEP_INBOX_FUNCTION}'));
  SELECT coalesce(array_agg(to_date(right(relname, 8), 'YYYYMMDD') ORDER BY relname), '{}')
    INTO present
    FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = '${INBOX_TABLE}'::regclass;
  -- A day before the oldest present one may have been dropped: it is not made again.
  FOR day IN
    SELECT generate_series(greatest(today - days, present[1]), today + ${DAYS_AHEAD} + 1, '1 day')::date
  LOOP
    CONTINUE WHEN day = ANY (present);
    EXECUTE format('CREATE TABLE %I (LIKE ${INBOX_TABLE} INCLUDING ALL)', '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'));
    EXECUTE format('ALTER TABLE ${INBOX_TABLE} ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'), day, day + 1);
  END LOOP;
  FOREACH day IN ARRAY present LOOP
    CONTINUE WHEN day >= today - days;
    BEGIN
      -- Consumers wait no longer than this; what is not dropped now is dropped an hour later.
      SET LOCAL lock_timeout = '1s';
      EXECUTE format('DROP TABLE %I', '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'));
    EXCEPTION WHEN lock_not_available THEN
      EXIT;
    END;
  END LOOP;
  oldest := greatest(today - days, present[1]);
  newest := today + ${DAYS_AHEAD};
END $$;`,
};

/**
 * Events that a consumer could not process, with the reason, until somebody has them replayed or
 * discards them. While a row `blocks`, later events of its key are parked behind it, in the order of
 * `id`. `taken` says whether the inbox has the event, too: both rows are written in one transaction.
 */
export const QUARANTINE_MIGRATION: Migration = {
  name: '0002-quarantine',
  sql: `CREATE TABLE ${QUARANTINE_TABLE} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer text COLLATE "C" NOT NULL,
  topic text NOT NULL,
  event_type text,
  key text COLLATE "C",
  source text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  event_time timestamptz,
  reason text NOT NULL CHECK (reason IN ('malformed', 'contract', 'time', 'data', 'handler', 'parked', 'undelivered')),
  cause text NOT NULL,
  stack text,
  blocks boolean NOT NULL,
  taken boolean NOT NULL,
  status text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'replaying', 'discarded')),
  attempts integer NOT NULL,
  replays integer NOT NULL DEFAULT 0,
  event bytea NOT NULL,
  traceparent text,
  quarantined_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (consumer, source, event_id)
);
CREATE INDEX ${QUARANTINE_TABLE}_keys ON ${QUARANTINE_TABLE} (consumer, topic, key, id)
  WHERE blocks AND status <> 'discarded';
CREATE INDEX ${QUARANTINE_TABLE}_due ON ${QUARANTINE_TABLE} (consumer, id)
  WHERE status = 'replaying' OR (status = 'held' AND reason = 'parked');`,
};

/** Columns that make an event the same event to quarantine and effects: those of the inbox's key. */
export const EVENT_DAY = `coalesce(event_day, '-infinity'::date)`;

/**
 * Quarantine and effects know an event as the inbox does, by source, id and the day of its time: an id that
 * is redelivered after the inbox has forgotten it is a new event everywhere. The quarantine also knows the epoch in
 * which an event failed. Partitions of the inbox are those with a day in their name, and one that was detached
 * by hand is attached again.
 */
export const EVENT_IDENTITY_MIGRATION: Migration = {
  name: '0006-event-identity',
  sql: `ALTER TABLE ${QUARANTINE_TABLE} ADD COLUMN event_day date, ADD COLUMN epoch integer;
UPDATE ${QUARANTINE_TABLE} SET event_day = (event_time AT TIME ZONE 'UTC')::date;
ALTER TABLE ${QUARANTINE_TABLE} DROP CONSTRAINT ${QUARANTINE_TABLE}_consumer_source_event_id_key;
CREATE UNIQUE INDEX ${QUARANTINE_TABLE}_event
  ON ${QUARANTINE_TABLE} (consumer, source, event_id, ${EVENT_DAY});

ALTER TABLE ${EFFECTS_TABLE} ADD COLUMN event_day date;
ALTER TABLE ${EFFECTS_TABLE} DROP CONSTRAINT ${EFFECTS_TABLE}_consumer_kind_source_event_id_key;
CREATE UNIQUE INDEX ${EFFECTS_TABLE}_event
  ON ${EFFECTS_TABLE} (consumer, kind, source, event_id, ${EVENT_DAY});

CREATE OR REPLACE FUNCTION ${KEEP_INBOX_FUNCTION}(days integer, OUT oldest date, OUT newest date)
LANGUAGE plpgsql AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  present date[];
  day date;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('${KEEP_INBOX_FUNCTION}'));
  SELECT coalesce(array_agg(to_date(right(relname, 8), 'YYYYMMDD') ORDER BY relname), '{}')
    INTO present
    FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = '${INBOX_TABLE}'::regclass AND relname ~ '^${INBOX_TABLE}_[0-9]{8}$';
  -- A day before the oldest present one may have been dropped: it is not made again.
  FOR day IN
    SELECT generate_series(greatest(today - days, present[1]), today + ${DAYS_AHEAD} + 1, '1 day')::date
  LOOP
    CONTINUE WHEN day = ANY (present);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I (LIKE ${INBOX_TABLE} INCLUDING ALL)', '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'));
    EXECUTE format('ALTER TABLE ${INBOX_TABLE} ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'), to_char(day, 'YYYY-MM-DD'), to_char(day + 1, 'YYYY-MM-DD'));
  END LOOP;
  FOREACH day IN ARRAY present LOOP
    CONTINUE WHEN day >= today - days;
    BEGIN
      -- Consumers wait no longer than this; what is not dropped now is dropped an hour later.
      SET LOCAL lock_timeout = '1s';
      EXECUTE format('DROP TABLE %I', '${INBOX_TABLE}_' || to_char(day, 'YYYYMMDD'));
    EXCEPTION WHEN lock_not_available THEN
      EXIT;
    END;
  END LOOP;
  oldest := greatest(today - days, present[1]);
  newest := today + ${DAYS_AHEAD};
END $$;`,
};
