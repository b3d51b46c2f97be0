import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import type { Files, MigrationRuns } from './migration-runs.ts';

const APPLIED = `SELECT string_agg(name, ' ' ORDER BY name COLLATE "C") FROM schema_migrations WHERE name >= '0100'`;

/** Tables of projections have no number: those of a new version are made beside the old ones, which the app goes on writing. */
export async function checkProjections(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('projections', '');
  const role = `${database}.orders`;
  runs.addRole(role);
  const roles = {
    access: {
      prefixes: [database],
      roles: [{ role, appends: ['stored_events'], projections: ['view'] }],
    },
    passwords: { [role]: 'secret' },
  };
  const platform: Files = Object.fromEntries(
    PLATFORM_MIGRATIONS.map(({ name, sql }) => [name, sql]),
  );
  const first: Files = {
    ...platform,
    '0100-a': 'CREATE TABLE a (id int)',
    'projection-view-v1': 'CREATE TABLE view_v1 (id int)',
  };
  const count = (files: Files) => `${Object.keys(files).length} migrations applied`;
  await runs.expect('a projection', runs.run(database, first, {}, roles), {
    output: [count(first)],
  });
  // An image of version 2: the tables of version 1 are no longer declared, and a table of the app is new.
  const second: Files = {
    ...platform,
    '0100-a': first['0100-a']!,
    '0101-b': 'CREATE TABLE b (id int)',
    'projection-view-v2': 'CREATE TABLE view_v2 (id int)',
  };
  await runs.expect('its next version', runs.run(database, second, {}, roles), {
    output: ['applied 0101-b', 'applied projection-view-v2', '2 migrations applied'],
  });
  await runs.answers(
    'both versions are there',
    database,
    APPLIED,
    '0100-a 0101-b projection-view-v1 projection-view-v2',
  );
  const changed = { ...second, 'projection-view-v2': 'CREATE TABLE view_v2 (id bigint)' };
  await runs.expect('a version that was changed', runs.run(database, changed, {}, roles), {
    status: 1,
    output: [`error: migration 'projection-view-v2' was applied with other contents`],
  });
  const login = { PGUSER: role, PGPASSWORD: 'secret' };
  await runs.answers(
    'the app writes both versions',
    database,
    'WITH one AS (INSERT INTO view_v1 VALUES (1) RETURNING id), two AS (INSERT INTO view_v2 VALUES (1) RETURNING id) SELECT count(*) FROM one, two',
    '1',
    login,
  );
  await runs.answers(
    'events are added, and neither changed nor deleted',
    database,
    `SELECT string_agg(each, ' ' ORDER BY each) FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS each WHERE has_table_privilege('stored_events', each)`,
    'INSERT SELECT',
    login,
  );
}
