import type { Migration } from '../app-manifest.ts';
import { DUE_WORK_FUNCTION, IS_REPLAYABLE } from './due-work.ts';
import { EFFECTS_TABLE } from './effects.ts';
import { IDEMPOTENCY_KEYS_TABLE } from './idempotency.ts';
import { INBOX_TABLE, KEEP_INBOX_FUNCTION, QUARANTINE_TABLE } from './inbox.ts';
import { OUTBOX_LANES_TABLE, OUTBOX_TABLE } from './outbox.ts';

/** Name of the table with the days for which the inbox remembers events, as the platform declares them. */
export const INBOX_RETENTION_TABLE = 'inbox_retention';

/** Tables that apps share, and the column that says whose a row is. */
export const SHARED_TABLES: Readonly<Record<string, string>> = {
  [INBOX_TABLE]: 'consumer',
  [QUARANTINE_TABLE]: 'consumer',
  [EFFECTS_TABLE]: 'consumer',
  [OUTBOX_TABLE]: 'producer',
  [OUTBOX_LANES_TABLE]: 'producer',
  [IDEMPOTENCY_KEYS_TABLE]: 'app',
};

/** SQL for the app id of the role that runs a statement. The role of an app is named `<prefix>.<app id>`. */
const OWN_APP = `split_part(current_user, '.', 2)`;

/**
 * Each app has a role of its own, which sees and writes its own rows of the tables that apps share. The owner
 * of the tables is not restricted.
 *
 * What needs the owner's rights is a function with them: partitions of the inbox, and the count of what is due
 * for an app. How many days the inbox keeps is the platform's to say, once it has: an app could otherwise have
 * the days of all others dropped.
 */
export const APP_ROLES_MIGRATION: Migration = {
  name: '0008-app-roles',
  sql: `${Object.entries(SHARED_TABLES)
    .map(
      ([table, column]) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${table} USING (${column} = ${OWN_APP});`,
    )
    .join('\n')}

CREATE TABLE ${INBOX_RETENTION_TABLE} (days integer NOT NULL CHECK (days > 0));
ALTER FUNCTION ${KEEP_INBOX_FUNCTION}(integer) RENAME TO keep_inbox_days;
CREATE FUNCTION ${KEEP_INBOX_FUNCTION}(days integer, OUT oldest date, OUT newest date)
LANGUAGE sql SECURITY DEFINER AS $$
  SELECT * FROM keep_inbox_days(coalesce((SELECT r.days FROM ${INBOX_RETENTION_TABLE} r), $1))
$$;

CREATE FUNCTION ${DUE_WORK_FUNCTION}(app text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT (SELECT count(*) FROM ${EFFECTS_TABLE} WHERE consumer = app AND status = 'pending' AND due_at <= now())
    + (SELECT count(*) FROM ${QUARANTINE_TABLE} q WHERE q.consumer = app AND ${IS_REPLAYABLE})
    + (SELECT count(*) FROM ${OUTBOX_TABLE} WHERE producer = app AND set_aside_because IS NULL)
$$;

DO $$
DECLARE
  each regprocedure;
BEGIN
  FOREACH each IN ARRAY '{keep_inbox_days(integer),${KEEP_INBOX_FUNCTION}(integer),${DUE_WORK_FUNCTION}(text)}'::regprocedure[] LOOP
    -- Temporary objects of a caller must not stand in for those of the schema.
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', each, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each);
  END LOOP;
END $$;`,
};
