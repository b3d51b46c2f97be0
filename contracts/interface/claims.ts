import type { Migration } from '../app-manifest.ts';
import { restrictOwnerFunctions } from './owner-functions.ts';
import { DEFAULT_INBOX_DAYS } from './runtime.ts';

/** Name of the table of large values that events refer to. */
export const CLAIMS_TABLE = 'claims';
/** SQL function `(claim text, content bytea)`: keeps a value. */
export const KEEP_CLAIM_FUNCTION = 'keep_claim';
/** SQL function `(claim text)`: the value of a reference, or null. */
export const CLAIM_FUNCTION = 'claim_of';
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
  content bytea NOT NULL
);
ALTER TABLE ${CLAIMS_TABLE} ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION ${KEEP_CLAIM_FUNCTION}(claim text, content bytea) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  INSERT INTO ${CLAIMS_TABLE} VALUES ($1, $2) ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION ${CLAIM_FUNCTION}(claim text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT c.content FROM ${CLAIMS_TABLE} c WHERE c.claim = $1
$$;
CREATE FUNCTION ${FORGET_CLAIMS_FUNCTION}() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
  WITH gone AS (
    DELETE FROM ${CLAIMS_TABLE} WHERE claim IN (
      SELECT c.claim FROM ${CLAIMS_TABLE} c WHERE c.claim < to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')
      ORDER BY c.claim LIMIT 100 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
  ) SELECT count(*) FROM gone
$$;
${restrictOwnerFunctions(
  `${KEEP_CLAIM_FUNCTION}(text,bytea)`,
  `${CLAIM_FUNCTION}(text)`,
  `${FORGET_CLAIMS_FUNCTION}()`,
)}`,
};
