import type { Migration } from '../migration.ts';

/** Name of the table of how far projections have come. */
export const PROJECTIONS_TABLE = 'projections';

/** Name of the migration with the tables of a projection in a version. */
export function projectionMigrationName(name: string, version: number): string {
  return `projection-${name}-v${version}`;
}

/**
 * Projections of apps, by version. `transaction` and `position` are those of the last event that is in the tables: they move on
 * in the transaction that writes there. `caught_up_at` says when the version first had all events, and `error` why it goes no
 * further.
 */
export const PROJECTIONS_MIGRATION: Migration = {
  name: '0016-projections',
  sql: `CREATE TABLE ${PROJECTIONS_TABLE} (
  app text COLLATE "C" NOT NULL,
  projection text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  transaction bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  events bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  stopped_at timestamptz,
  error text,
  caught_up_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (app, projection, version)
);
ALTER TABLE ${PROJECTIONS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${PROJECTIONS_TABLE} USING (app = split_part(current_user, '.', 2));`,
};
