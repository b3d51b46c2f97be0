import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDatabaseRoles } from './database-roles.ts';
import { checkConnections, checkRoles } from './migration-connections.ts';
import { checkProjections } from './migration-projections.ts';
import { type Files, MigrationRuns } from './migration-runs.ts';

/** What {@link checkMigrations} runs on. */
export interface MigrationsCheck {
  /** libpq's variables of a superuser on a real server. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder for files. */
  readonly folder: string;
  /** The rendered script. */
  readonly script: string;
  /** Called with what is being checked. */
  readonly progress: (text: string) => void;
  /** Whether the server is behind a pooler, which does not know roles that are made here. @default false */
  readonly pooled?: boolean;
}

/** Runs the migration script through everything that may go wrong, on databases and roles of its own. Returns the problems. */
export async function checkMigrations(options: MigrationsCheck): Promise<string[]> {
  const runs = new MigrationRuns(options.env, options.folder, options.script);
  const pooled = options.pooled === true;
  const checks = {
    'contradictions between files and database': checkContradictions,
    'failures within a migration': checkFailures,
    'what migrations contain and set': checkContents,
    ...(!pooled && {
      connections: checkConnections,
      'rights and settings of roles': checkRoles,
      'several runs at a time': checkConcurrency,
      'roles of apps': checkDatabaseRoles,
      'versions of projections': checkProjections,
    }),
  };
  try {
    for (const [what, check] of Object.entries(checks)) {
      options.progress(`migrations: ${what}`);
      await check(runs);
    }
  } finally {
    await runs.clear();
  }
  return runs.problems;
}

const TABLES: Files = {
  '0001-inbox': 'CREATE TABLE inbox (id int)',
  '0100-a': 'CREATE TABLE a (id int)',
  '0300-c': 'CREATE TABLE c (id int)',
};
const APPLIED = `SELECT string_agg(name, ' ' ORDER BY name) FROM schema_migrations`;

async function checkContradictions(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('contradictions', '');
  await runs.expect('the first run', runs.run(database, TABLES), {
    output: ['3 migrations applied'],
  });
  await runs.expect('the same again', runs.run(database, TABLES), {
    output: ['0 migrations applied'],
  });
  await runs.expect('fewer files', runs.run(database, { '0001-inbox': TABLES['0001-inbox']! }), {
    output: ['0 migrations applied'],
  });
  await runs.expect(
    'a higher number of the own series',
    runs.run(database, { ...TABLES, '0002-more': 'CREATE TABLE more (id int)' }),
    { output: ['applied 0002-more', '1 migrations applied'] },
  );
  const contradicting: Files = {
    '0001-changed': 'SELECT 1',
    '0100-a': 'CREATE TABLE a (id bigint)',
    '0200-b': 'CREATE TABLE b (id int)',
    '0300-c': `${TABLES['0300-c']!} `,
    '0400-d': 'CREATE TABLE d (id int)',
  };
  await runs.expect('contradictions, all at once', runs.run(database, contradicting), {
    status: 1,
    output: [
      `error: migration '0001-changed' has the number of '0001-inbox', which is applied: restore the name, or number it above 0002\n`,
      `error: migration '0100-a' was applied with other contents: restore it, and put the change into a new migration\n`,
      `error: migration '0200-b' is out of order, since '0300-c' is applied: number it above 0300\n`,
      `error: migration '0300-c' was applied with other contents`,
    ],
  });
  const names = '0001-inbox 0002-more 0100-a 0300-c';
  await runs.answers('nothing is applied after a refusal', database, APPLIED, names);
  await checkAdoption(runs);
  const foreign = await runs.database('foreign', '');
  await runs.sql(foreign, 'CREATE TABLE schema_migrations (version bigint)');
  await runs.expect("another tool's table", runs.run(foreign, TABLES), {
    status: 1,
    output: [
      'error: table public.schema_migrations has no column "name", so it belongs to another tool: give the platform a database or a schema of its own',
    ],
  });
}

async function checkAdoption(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('adoption', '');
  await runs.sql(
    database,
    `CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()); INSERT INTO schema_migrations (name) VALUES ('0001-inbox'), ('0050-gone')`,
  );
  await runs.expect('a table without checksums', runs.run(database, TABLES), {
    output: ['2 migrations applied'],
  });
  const file = `${TABLES['0001-inbox']!}\n`;
  const checksum = createHash('sha256').update(file).digest('hex');
  await runs.answers(
    'checksums are filled in',
    database,
    `SELECT string_agg(concat_ws(' ', name, checksum), ', ' ORDER BY name) FROM schema_migrations WHERE name < '0100'`,
    `0001-inbox ${checksum}, 0050-gone`,
  );
  await runs.expect(
    'an adopted one that is edited',
    runs.run(database, { '0001-inbox': 'SELECT' }),
    {
      status: 1,
      output: ["error: migration '0001-inbox' was applied with other contents"],
    },
  );
}

async function checkFailures(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('failures', '');
  const good = { '0100-a': 'CREATE TABLE a (id int)' };
  const bad = 'CREATE TABLE b (id int);\nSELECT 1 / 0;\nCREATE TABLE c (id int)';
  await runs.expect(
    'a mistake',
    runs.run(database, { ...good, '0200-b': bad, '0300-c': 'SELECT 1' }),
    {
      status: 1,
      output: [
        /0200-b\.sql:2: ERROR: {2}22012: division by zero/,
        "error: migration '0200-b' failed: nothing of it is applied: psql says why above",
      ],
    },
  );
  await runs.answers('what came before stays', database, APPLIED, '0100-a');
  await runs.answers('nothing half', database, `SELECT to_regclass('b') IS NULL`, 't');
  for (const control of ['COMMIT', 'COMMIT; BEGIN', 'ROLLBACK', 'ROLLBACK; BEGIN']) {
    await runs.expect(
      `${control} in a migration`,
      runs.run(database, { ...good, '0200-b': `SELECT 1; ${control}; SELECT 2` }),
      {
        status: 1,
        output: [`error: migration '0200-b' has ended the transaction that it ran in: parts of it`],
      },
    );
  }
  await runs.answers('none is recorded', database, APPLIED, '0100-a');
  await runs.during(database, 'BEGIN; SELECT * FROM a; SELECT pg_sleep(60)', async () => {
    await runs.expect(
      'a lock that another session holds',
      runs.run(database, { ...good, '0200-b': 'ALTER TABLE a ADD COLUMN b int' }),
      {
        status: 1,
        output: [
          /55P03: .*\nerror: migration '0200-b' failed: nothing of it is applied: it waited 2 s for a lock; find/,
        ],
      },
    );
  });
  const lost = runs.run(database, {
    ...good,
    '0200-b': 'SELECT pg_terminate_backend(pg_backend_pid())',
  });
  await runs.expect('a connection that is lost', lost, {
    status: 1,
    output: ["error: migration '0200-b' failed: the connection is lost; run again"],
  });
  const later = runs.run(database, { ...good, '0200-b': 'ALTER TABLE a ADD COLUMN b int' });
  await runs.expect('the same without it', later, { output: ['applied 0200-b'] });
}

async function checkContents(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('contents', '');
  const files: Files = {
    '0100-text': `CREATE TABLE texts (text text);
INSERT INTO texts VALUES ('Grüße 🎉 :name \\d $$ "x"'), ($a$ ; COMMIT; \\q $a$), (E'\\'; --');
SELECT 'an answer' AS applied`,
    '0200-slice': `SELECT (ARRAY[1, 2, 3])[1:n], '1'::int FROM (VALUES (2)) AS t (n)`,
    '0300-body': `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$;
DO $$ BEGIN RAISE NOTICE 'a notice'; END $$`,
    '0400-settings': `SET search_path = ''; SET statement_timeout = '10s'; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
CREATE TABLE public.settings AS SELECT current_setting('lock_timeout') AS lock_timeout, current_setting('TimeZone') AS zone`,
    '0500-role': 'SET ROLE pg_read_all_data',
  };
  await runs.expect('strings, slices, bodies and settings', runs.run(database, files), {
    output: ['NOTICE:  00000: a notice', '5 migrations applied'],
  });
  await runs.answers(
    'text arrives unchanged',
    database,
    `SELECT string_agg(text, '|') FROM texts`,
    `Grüße 🎉 :name \\d $$ "x"| ; COMMIT; \\q |'; --`,
  );
  await runs.answers('settings are pinned', database, 'SELECT * FROM settings', '2s|UTC');
  await runs.answers(
    'what a migration sets ends with it, in a pool as well',
    database,
    `SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('default_transaction_read_only'), current_user = session_user, current_setting('search_path') = '')`,
    '0 off t f',
  );
}

async function checkConcurrency(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('concurrency', '');
  const files: Files = {
    '0100-a': 'CREATE TABLE a (id int); SELECT pg_sleep(2)',
    '0200-b': 'CREATE TABLE b (id int); SELECT pg_sleep(1)',
  };
  const both = await Promise.all([runs.run(database, files), runs.run(database, files)]);
  const counted = both.map(({ output }) => Number(/(\d) migrations applied/.exec(output)?.[1]));
  const waited = both.some(({ output }) => output.includes('waiting: another run applies'));
  if (counted[0]! + counted[1]! !== 2 || !waited) {
    runs.problems.push(`two runs at once: ${both.map(({ output }) => output).join('\n---\n')}`);
  }
  const long = { ...files, '0300-c': 'CREATE TABLE c (id int); SELECT pg_sleep(60)' };
  await runs.killed(database, long, 2_000);
  await sleep(100);
  const short = { ...files, '0300-c': 'CREATE TABLE c (id int)' };
  await runs.expect('after a run that was killed', runs.run(database, short), {
    output: ['applied 0300-c'],
    within: 30,
  });
}
