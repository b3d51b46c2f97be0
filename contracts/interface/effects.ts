import type { Migration } from '../app-manifest.ts';

/** Name of the table of side effects that are scheduled, and what became of them. */
export const EFFECTS_TABLE = 'effects';

/**
 * Requests of side effects (a mail, an HTTP call). The row commits with the event;
 * a worker leases it, performs the effect and notes that it is done. `token` counts the leases: a
 * worker whose lease has run out cannot overwrite what a later one noted.
 */
export const EFFECTS_MIGRATION: Migration = {
  name: '0004-effects',
  sql: `CREATE TABLE ${EFFECTS_TABLE} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  source text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  payload jsonb NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'failed')),
  token bigint NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now(),
  error text,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (consumer, kind, source, event_id)
);
CREATE INDEX ${EFFECTS_TABLE}_due ON ${EFFECTS_TABLE} (consumer, due_at) WHERE status = 'pending';`,
};
