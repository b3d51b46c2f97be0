import type { Migration } from '../app-manifest.ts';

/** Name of the table of requests that were answered, by the key that their client gave. */
export const IDEMPOTENCY_KEYS_TABLE = 'idempotency_keys';

/** Days for which a repeated request gets the answer that it got before. */
export const IDEMPOTENCY_KEY_DAYS = 7;

/**
 * Answers by `Idempotency-Key`: the row commits with what the request has done, so a repeated request
 * changes nothing and is answered as before. `fingerprint` tells another request with the same key.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export const IDEMPOTENCY_KEYS_MIGRATION: Migration = {
  name: '0007-idempotency-keys',
  sql: `CREATE TABLE ${IDEMPOTENCY_KEYS_TABLE} (
  app text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  status smallint,
  body json,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (app, key)
);
CREATE INDEX ${IDEMPOTENCY_KEYS_TABLE}_created_at ON ${IDEMPOTENCY_KEYS_TABLE} (app, created_at);`,
};

/** Headers of answers, which a repeated request gets as well, such as `ETag` and `Location`. */
export const ANSWER_HEADERS_MIGRATION: Migration = {
  name: '0012-answer-headers',
  sql: `ALTER TABLE ${IDEMPOTENCY_KEYS_TABLE} ADD COLUMN headers json;`,
};
