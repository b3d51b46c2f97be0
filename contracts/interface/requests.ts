import type { Migration } from '../app-manifest.ts';

/** Name of the table of commands that apps have sent and wait for the answers of. */
export const REQUESTS_TABLE = 'sent_requests';

/** Days for which an app knows what it has asked, and what was answered. */
export const REQUEST_DAYS = 7;

/** Attribute of a command with the app that its answer is for. */
export const REPLY_TO = 'replyto';

/**
 * Commands whose answers an app waits for, by the id of the command. `reply_type` names the contract of the answer,
 * `fingerprint` tells another command with the same id, and an answer that comes after `answer_by` is late.
 */
export const REQUESTS_MIGRATION: Migration = {
  name: '0013-sent-requests',
  sql: `CREATE TABLE ${REQUESTS_TABLE} (
  app text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  reply_type text NOT NULL,
  fingerprint text NOT NULL,
  sent_at timestamptz NOT NULL,
  answer_by timestamptz NOT NULL,
  reply json,
  replied_at timestamptz,
  PRIMARY KEY (app, id)
);
CREATE INDEX ${REQUESTS_TABLE}_sent_at ON ${REQUESTS_TABLE} (app, sent_at);
ALTER TABLE ${REQUESTS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${REQUESTS_TABLE} USING (app = split_part(current_user, '.', 2));`,
};
