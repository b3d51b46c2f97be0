import type { Migration } from '../app-manifest.ts';
import { restrictOwnerFunctions } from './owner-functions.ts';

/** Environment variables of apps whose events hold personal data. */
export const PERSONAL_DATA_ENV = {
  /** Master key: what the keys of subjects are encrypted with. Any text of 16 characters or more. */
  key: 'PERSONAL_DATA_KEY',
  /** The master key before, while keys are encrypted with it. @default - none */
  previousKey: 'PERSONAL_DATA_PREVIOUS_KEY',
} as const;

/** Secret with the keys `current` and, during a rotation, `previous`. */
export const PERSONAL_DATA_SECRET = 'personal-data-keys';

/** Name of the table of keys: a subject has one for each version, and none once it is erased. */
export const SUBJECT_KEYS_TABLE = 'subject_keys';
/** Name of the table of subjects whose personal data are erased. */
export const ERASURES_TABLE = 'erasures';
/** Name of the table of which apps have erased what they keep of a subject. */
export const ERASED_BY_TABLE = 'erased_by';

/** SQL function `(subjects text[])`: the keys of subjects, which are not erased before the transaction has ended. */
export const SUBJECT_KEYS_FUNCTION = 'subject_keys_of';
/** SQL function `(subject text, master text, key bytea)`: gives a subject its first key, unless it has or had one. */
export const ADD_SUBJECT_KEY_FUNCTION = 'add_subject_key';

/** SQL function `(subject text)`: deletes the keys of a subject, and returns how many there were. */
export const ERASE_SUBJECT_FUNCTION = 'erase_subject';
/** SQL function `(subject text)`: when a subject was erased, its keys, and which apps have erased what they kept. */
export const ERASURE_FUNCTION = 'erasure_of';

/**
 * Keys of the people whom events are about. Apps read keys and give new subjects one, by functions with the
 * owner's rights; nothing but the owner changes or deletes them.
 */
export const PERSONAL_DATA_MIGRATION: Migration = {
  name: '0009-personal-data',
  sql: `CREATE TABLE ${SUBJECT_KEYS_TABLE} (
  subject text COLLATE "C" NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  master text NOT NULL,
  key bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subject, version)
);
CREATE TABLE ${ERASURES_TABLE} (
  subject text COLLATE "C" PRIMARY KEY,
  requested_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ${ERASED_BY_TABLE} (
  app text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL REFERENCES ${ERASURES_TABLE},
  erased_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (app, subject)
);
ALTER TABLE ${ERASED_BY_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${ERASED_BY_TABLE} USING (app = split_part(current_user, '.', 2));

CREATE FUNCTION ${SUBJECT_KEYS_FUNCTION}(subjects text[])
RETURNS TABLE (subject text, version integer, master text, key bytea)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  -- An erasure waits for the transaction, and so for what it writes.
  PERFORM pg_advisory_xact_lock_shared(hashtext('${ERASURES_TABLE}'), hashtext(each))
    FROM (SELECT DISTINCT unnest(subjects) AS each ORDER BY 1) AS sorted;
  RETURN QUERY SELECT k.subject, k.version, k.master, k.key FROM ${SUBJECT_KEYS_TABLE} k WHERE k.subject = ANY (subjects);
END $$;
CREATE FUNCTION ${ADD_SUBJECT_KEY_FUNCTION}(subject text, master text, key bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
  -- An erasure waits for it, and finds the key.
  SELECT pg_advisory_xact_lock_shared(hashtext('${ERASURES_TABLE}'), hashtext($1));
  INSERT INTO ${SUBJECT_KEYS_TABLE} (subject, version, master, key)
  SELECT $1, 1, $2, $3 WHERE NOT EXISTS (SELECT FROM ${ERASURES_TABLE} e WHERE e.subject = $1)
  ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION ${ERASE_SUBJECT_FUNCTION}(subject text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER AS $$
  -- Transactions that have read its keys end first.
  SELECT pg_advisory_xact_lock(hashtext('${ERASURES_TABLE}'), hashtext($1));
  INSERT INTO ${ERASURES_TABLE} (subject) VALUES ($1) ON CONFLICT DO NOTHING;
  WITH erased AS (
    UPDATE ${SUBJECT_KEYS_TABLE} k SET key = NULL WHERE k.subject = $1 AND key IS NOT NULL RETURNING 1
  ) SELECT count(*) FROM erased
$$;
CREATE FUNCTION ${ERASURE_FUNCTION}(subject text, OUT erased_at timestamptz, OUT keys integer, OUT apps text[])
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT (SELECT requested_at FROM ${ERASURES_TABLE} e WHERE e.subject = $1),
    (SELECT count(*)::integer FROM ${SUBJECT_KEYS_TABLE} k WHERE k.subject = $1 AND k.key IS NOT NULL),
    ARRAY(SELECT app FROM ${ERASED_BY_TABLE} b WHERE b.subject = $1 ORDER BY app)
$$;

${restrictOwnerFunctions(
  `${SUBJECT_KEYS_FUNCTION}(text[])`,
  `${ADD_SUBJECT_KEY_FUNCTION}(text,text,bytea)`,
  `${ERASE_SUBJECT_FUNCTION}(text)`,
  `${ERASURE_FUNCTION}(text)`,
)}`,
};
