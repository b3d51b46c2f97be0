import type { Migration } from '../app-manifest.ts';
import { DEFAULT_INBOX_DAYS } from './runtime.ts';

/** Name of the table of large values that events refer to. */
export const CLAIMS_TABLE = 'claims';
/** SQL function `()`: deletes values that no event refers to any more, and returns their number. */
export const FORGET_CLAIMS_FUNCTION = 'forget_claims';

/**
 * Environment variable with the days for which a value is kept that an event refers to: as long as the event can be
 * delivered. `unlimited` keeps it for good. @default - {@link DEFAULT_INBOX_DAYS}
 */
export const CLAIM_DAYS_ENV = 'CLAIM_DAYS';

/** Days for which values are kept, unless the platform says otherwise. */
export const DEFAULT_CLAIM_DAYS = DEFAULT_INBOX_DAYS;

/** Large values of events, by where their reference points. */
export const CLAIMS_MIGRATION: Migration = {
  name: '0010-claims',
  sql: `CREATE TABLE ${CLAIMS_TABLE} (
  claim text COLLATE "C" PRIMARY KEY,
  content bytea NOT NULL,
  expires_at timestamptz
);
ALTER TABLE ${CLAIMS_TABLE} ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX ${CLAIMS_TABLE}_expired ON ${CLAIMS_TABLE} (expires_at);

CREATE FUNCTION ${FORGET_CLAIMS_FUNCTION}() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
  WITH gone AS (
    DELETE FROM ${CLAIMS_TABLE} WHERE claim IN (
      SELECT claim FROM ${CLAIMS_TABLE} WHERE expires_at < now() ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
  ) SELECT count(*) FROM gone
$$;
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION ${FORGET_CLAIMS_FUNCTION}() SET search_path = %I, pg_temp', current_schema());
  REVOKE EXECUTE ON FUNCTION ${FORGET_CLAIMS_FUNCTION}() FROM PUBLIC;
END $$;`,
};
