import type { Migration } from '../app-manifest.ts';
import { DUE_WORK_FUNCTION, IS_REPLAYABLE } from './due-work.ts';
import { EFFECTS_TABLE } from './effects.ts';
import { QUARANTINE_TABLE } from './inbox.ts';
import { OUTBOX_TABLE } from './outbox.ts';
import { restrictOwnerFunctions } from './owner-functions.ts';

/** Name of the table of sagas, and where each of them is. */
export const SAGAS_TABLE = 'sagas';
/** Name of the table of commands that sagas have sent, with the outcomes of their answers. */
export const SAGA_COMMANDS_TABLE = 'saga_commands';

/** Days for which sagas that have ended are remembered: one that is started again until then is not started twice. */
export const SAGA_DAYS = 30;

/**
 * SQL function `(app text, saga text, status text, most bigint)`: sagas of apps, and where they are; null for all, and for those that have
 * not ended. Those come first that somebody has to look at, and of those that have ended the last one.
 */
export const LIST_SAGAS_FUNCTION = 'list_sagas';
/** SQL function `(app text, saga text, id text)`: a saga, and where it is. */
export const FIND_SAGA_FUNCTION = 'find_saga';
/** SQL function `(app text, saga text, id text)`: the commands of a saga, in their order. */
export const SAGA_COMMANDS_FUNCTION = 'saga_commands_of';
/** SQL function `(app text, saga text, id text, what text)`: has an app cancel or retry a saga; whether there is one. */
export const ASK_SAGA_FUNCTION = 'ask_saga';

/** Functions of operators, with the types of their arguments. */
export const SAGA_FUNCTIONS: readonly string[] = [
  `${LIST_SAGAS_FUNCTION}(text, text, text, bigint)`,
  `${FIND_SAGA_FUNCTION}(text, text, text)`,
  `${SAGA_COMMANDS_FUNCTION}(text, text, text)`,
  `${ASK_SAGA_FUNCTION}(text, text, text, text)`,
];

/**
 * Sagas by app, name and id, whatever their version: `version` is the major that one was started with. `state` is all that
 * a decision needs; what is looked for has columns of its own. `due_at` is when the app looks at it next, `asked` what an operator has asked
 * for, and `refused` why that was not done. Sagas that are due wake an app that has no pod.
 */
export const SAGAS_MIGRATION: Migration = {
  name: '0014-sagas',
  sql: `CREATE TABLE ${SAGAS_TABLE} (
  app text COLLATE "C" NOT NULL,
  saga text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  data json NOT NULL,
  state jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'undoing', 'completed', 'cancelled', 'stuck')),
  step text NOT NULL,
  due_at timestamptz,
  overdue_since timestamptz,
  asked text CHECK (asked IN ('cancel', 'retry')),
  refused text,
  error text,
  correlationid text NOT NULL,
  traceparent text,
  started_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (app, saga, id)
);
CREATE INDEX ${SAGAS_TABLE}_due ON ${SAGAS_TABLE} (app, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ${SAGAS_TABLE}_open ON ${SAGAS_TABLE} (app, saga, status) WHERE ended_at IS NULL;
CREATE INDEX ${SAGAS_TABLE}_ended ON ${SAGAS_TABLE} (status, ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE ${SAGA_COMMANDS_TABLE} (
  app text COLLATE "C" NOT NULL,
  command_id text COLLATE "C" NOT NULL,
  saga text COLLATE "C" NOT NULL,
  saga_id text COLLATE "C" NOT NULL,
  step text NOT NULL,
  action text NOT NULL CHECK (action IN ('request', 'undo')),
  attempt integer NOT NULL,
  sent_at timestamptz NOT NULL,
  answered_at timestamptz,
  outcome text,
  number bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (app, command_id),
  FOREIGN KEY (app, saga, saga_id) REFERENCES ${SAGAS_TABLE} ON DELETE CASCADE
);
CREATE INDEX ${SAGA_COMMANDS_TABLE}_saga ON ${SAGA_COMMANDS_TABLE} (app, saga, saga_id);
ALTER TABLE ${SAGAS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${SAGAS_TABLE} USING (app = split_part(current_user, '.', 2));
ALTER TABLE ${SAGA_COMMANDS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${SAGA_COMMANDS_TABLE} USING (app = split_part(current_user, '.', 2));

CREATE FUNCTION ${LIST_SAGAS_FUNCTION}(of_app text, of_saga text, of_status text, most bigint) RETURNS SETOF ${SAGAS_TABLE}
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  (SELECT * FROM ${SAGAS_TABLE}
  WHERE ended_at IS NULL AND (of_app IS NULL OR app = of_app) AND (of_saga IS NULL OR saga = of_saga)
    AND (of_status IS NULL OR status = of_status)
  ORDER BY status <> 'stuck', overdue_since IS NULL AND error IS NULL, started_at LIMIT most)
  UNION ALL
  (SELECT * FROM ${SAGAS_TABLE}
  WHERE ended_at IS NOT NULL AND (of_app IS NULL OR app = of_app) AND (of_saga IS NULL OR saga = of_saga)
    AND status = of_status
  ORDER BY ended_at DESC LIMIT most)
$$;
CREATE FUNCTION ${FIND_SAGA_FUNCTION}(of_app text, of_saga text, of_id text) RETURNS SETOF ${SAGAS_TABLE}
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT * FROM ${SAGAS_TABLE} WHERE app = of_app AND saga = of_saga AND id = of_id
$$;
CREATE FUNCTION ${SAGA_COMMANDS_FUNCTION}(of_app text, of_saga text, of_id text)
RETURNS TABLE (command_id text, step text, action text, attempt integer, sent_at timestamptz, answered_at timestamptz,
  outcome text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT c.command_id, c.step, c.action, c.attempt, c.sent_at, c.answered_at, c.outcome
  FROM ${SAGA_COMMANDS_TABLE} c WHERE c.app = of_app AND c.saga = of_saga AND c.saga_id = of_id
  ORDER BY c.number
$$;
CREATE FUNCTION ${ASK_SAGA_FUNCTION}(of_app text, of_saga text, of_id text, what text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER AS $$
  WITH told AS (
    UPDATE ${SAGAS_TABLE} s SET asked = what, refused = NULL, due_at = to_timestamp(0)
    WHERE s.app = of_app AND s.saga = of_saga AND s.id = of_id RETURNING 1
  ) SELECT count(*) FROM told
$$;
${restrictOwnerFunctions(...SAGA_FUNCTIONS)}

CREATE OR REPLACE FUNCTION ${DUE_WORK_FUNCTION}(app text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT (SELECT count(*) FROM ${EFFECTS_TABLE} WHERE consumer = app AND status = 'pending' AND due_at <= now())
    + (SELECT count(*) FROM ${QUARANTINE_TABLE} q WHERE q.consumer = app AND ${IS_REPLAYABLE})
    + (SELECT count(*) FROM ${OUTBOX_TABLE} WHERE producer = app AND set_aside_because IS NULL)
    + (SELECT count(*) FROM ${SAGAS_TABLE} s WHERE s.app = $1 AND s.due_at <= now())
$$;
${restrictOwnerFunctions(`${DUE_WORK_FUNCTION}(text)`)}`,
};
