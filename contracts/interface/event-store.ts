import type { Migration } from '../app-manifest.ts';
import { restrictOwnerFunctions } from './owner-functions.ts';

/** Name of the table of events that apps keep. Their roles read and append, and change nothing. */
export const STORED_EVENTS_TABLE = 'stored_events';
/** Name of the table of states of streams, from which loading goes on. */
export const SNAPSHOTS_TABLE = 'stream_snapshots';
/** Name of the table with what is added to numbers of transactions. */
export const EVENT_STORE_CLOCK_TABLE = 'event_store_clock';
/** SQL function `()`: number of the transaction that appends. */
const APPENDING_TRANSACTION_FUNCTION = 'appending_transaction';
/** SQL function `()`: number below which all transactions have ended, so that nothing is appended there any more. */
export const STORE_HORIZON_FUNCTION = 'event_store_horizon';
/**
 * SQL function `(app text, streams text, stream text, types text[], schema_versions text[], contents text[], metadata text, cause text,
 * at timestamptz, expected integer)`: appends events to a stream, and returns them; none where it may not. `cause` and `expected` may be null.
 */
export const APPEND_EVENTS_FUNCTION = 'append_stored_events';
/** SQL function `(app text, streams text, stream text, after integer, until integer, at timestamptz, most integer)`: events of a stream, in their order. */
export const STREAM_EVENTS_FUNCTION = 'events_of_stream';
/** SQL function `()`: number that no transaction whose events are visible has come to, unless another server has stored them. */
const STORE_END_FUNCTION = 'event_store_end';
/** SQL function `()`: goes on behind events that another server has stored, after a dump was restored. */
export const ADOPT_STORED_EVENTS_FUNCTION = 'adopt_stored_events';

/**
 * The event store. `transaction` is the number of the transaction that has appended: readers take events in the order of
 * `(transaction, position)` and below the horizon alone, where no transaction is under way any more, so that none appears
 * behind one that was read. `cause` is on the first event of what one command has appended.
 *
 * A server counts transactions by itself. What was stored on another one and restored by a dump may have higher numbers than this
 * server has come to: nothing is appended before it goes on behind them. What is stored is looked at first, and the clock behind it:
 * events that others append meanwhile are never taken for those of another server. Transactions that have appended to other streams end
 * before the clock moves.
 *
 * Versions, the order of transactions and the cause are looked at in the statement that appends. Of two that append at once, the
 * second waits at the key of its first version, and fails.
 *
 * @see https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export const EVENT_STORE_MIGRATION: Migration = {
  name: '0015-event-store',
  sql: `CREATE TABLE ${EVENT_STORE_CLOCK_TABLE} (added bigint NOT NULL);
INSERT INTO ${EVENT_STORE_CLOCK_TABLE} VALUES (0);

CREATE FUNCTION ${APPENDING_TRANSACTION_FUNCTION}() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT added + pg_current_xact_id()::text::bigint FROM ${EVENT_STORE_CLOCK_TABLE}
$$;
CREATE FUNCTION ${STORE_HORIZON_FUNCTION}() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT added + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM ${EVENT_STORE_CLOCK_TABLE}
$$;
CREATE FUNCTION ${STORE_END_FUNCTION}() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT added + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM ${EVENT_STORE_CLOCK_TABLE}
$$;

CREATE TABLE ${STORED_EVENTS_TABLE} (
  app text COLLATE "C" NOT NULL,
  streams text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  transaction bigint NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  schema_version text NOT NULL,
  data json NOT NULL,
  metadata json NOT NULL,
  cause text COLLATE "C",
  time timestamptz NOT NULL,
  PRIMARY KEY (app, streams, stream, version)
);
CREATE INDEX ${STORED_EVENTS_TABLE}_order ON ${STORED_EVENTS_TABLE} (app, streams, transaction, position);
CREATE UNIQUE INDEX ${STORED_EVENTS_TABLE}_cause ON ${STORED_EVENTS_TABLE} (app, streams, stream, cause)
  WHERE cause IS NOT NULL;
ALTER TABLE ${STORED_EVENTS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${STORED_EVENTS_TABLE} USING (app = split_part(current_user, '.', 2));

-- Planned once in a session, and without sorting: before the table has statistics, the order of all events looks as good as that of a stream.
CREATE FUNCTION ${STREAM_EVENTS_FUNCTION}(of_app text, of_streams text, of_stream text, after integer, until integer, at timestamptz, most integer)
RETURNS SETOF ${STORED_EVENTS_TABLE} LANGUAGE plpgsql STABLE SET enable_sort = off SET enable_seqscan = off SET jit = off AS $$
BEGIN
  RETURN QUERY SELECT * FROM ${STORED_EVENTS_TABLE} e
  WHERE e.app = of_app AND e.streams = of_streams AND e.stream = of_stream AND e.version > after
    AND (until IS NULL OR e.version <= until) AND (at IS NULL OR e.time <= at)
  ORDER BY e.version LIMIT most;
END $$;
CREATE FUNCTION ${APPEND_EVENTS_FUNCTION}(of_app text, of_streams text, of_stream text, types text[], schema_versions text[],
  contents text[], with_metadata text, of_cause text, at timestamptz, expected integer)
RETURNS SETOF ${STORED_EVENTS_TABLE} LANGUAGE plpgsql SET enable_sort = off SET enable_seqscan = off SET jit = off AS $$
BEGIN
  RETURN QUERY WITH own AS (SELECT ${APPENDING_TRANSACTION_FUNCTION}() AS number),
  last AS (
    SELECT e.version, e.transaction, e.time FROM ${STORED_EVENTS_TABLE} e
    WHERE e.app = of_app AND e.streams = of_streams AND e.stream = of_stream ORDER BY e.version DESC LIMIT 1
  ),
  newest AS (
    SELECT e.transaction FROM ${STORED_EVENTS_TABLE} e
    WHERE e.app = of_app AND e.streams = of_streams ORDER BY e.transaction DESC, e.position DESC LIMIT 1
  )
  INSERT INTO ${STORED_EVENTS_TABLE} AS added (app, streams, stream, version, transaction, type, schema_version, data, metadata, cause, time)
  SELECT of_app, of_streams, of_stream, coalesce(last.version, 0) + given.nth, own.number, given.type, given.schema_version,
    given.content::json, with_metadata::json, CASE given.nth WHEN 1 THEN of_cause END, greatest(last.time, at)
  FROM own LEFT JOIN last ON true LEFT JOIN newest ON true,
    unnest(types, schema_versions, contents) WITH ORDINALITY AS given (type, schema_version, content, nth)
  WHERE (expected IS NULL OR coalesce(last.version, 0) = expected)
    AND coalesce(last.transaction <= own.number, true)
    AND coalesce(newest.transaction < greatest(${STORE_END_FUNCTION}(), own.number + 1), true)
    AND NOT EXISTS (SELECT FROM ${STORED_EVENTS_TABLE} e
      WHERE e.app = of_app AND e.streams = of_streams AND e.stream = of_stream AND e.cause = of_cause)
  ORDER BY given.nth
  RETURNING added.*;
END $$;

CREATE TABLE ${SNAPSHOTS_TABLE} (
  app text COLLATE "C" NOT NULL,
  streams text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  state_version integer NOT NULL,
  state json NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (app, streams, stream)
);
ALTER TABLE ${SNAPSHOTS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${SNAPSHOTS_TABLE} USING (app = split_part(current_user, '.', 2));

CREATE FUNCTION ${ADOPT_STORED_EVENTS_FUNCTION}() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '1s' AS $$
DECLARE
  stored bigint;
BEGIN
  SELECT max(last) INTO stored FROM (
    WITH RECURSIVE kinds AS (
      (SELECT app, streams FROM ${STORED_EVENTS_TABLE} ORDER BY app, streams LIMIT 1)
      UNION ALL
      SELECT next.* FROM kinds, LATERAL (
        SELECT e.app, e.streams FROM ${STORED_EVENTS_TABLE} e WHERE (e.app, e.streams) > (kinds.app, kinds.streams)
        ORDER BY e.app, e.streams LIMIT 1) next
    )
    SELECT (SELECT max(e.transaction) FROM ${STORED_EVENTS_TABLE} e
      WHERE e.app = kinds.app AND e.streams = kinds.streams) AS last FROM kinds
  ) AS lasts;
  -- Statements of their own: each sees what was committed before it. Who appends meanwhile waits behind the lock, so it is not waited for long.
  IF stored >= ${STORE_END_FUNCTION}() THEN
    LOCK TABLE ${STORED_EVENTS_TABLE} IN SHARE ROW EXCLUSIVE MODE;
    PERFORM FROM ${EVENT_STORE_CLOCK_TABLE} FOR UPDATE;
    IF stored >= ${STORE_END_FUNCTION}() THEN
      UPDATE ${EVENT_STORE_CLOCK_TABLE} SET added = stored;
      RETURN stored;
    END IF;
  END IF;
  RETURN 0;
END $$;
${restrictOwnerFunctions(`${ADOPT_STORED_EVENTS_FUNCTION}()`)}`,
};
