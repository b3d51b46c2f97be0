import { freePorts } from '../../testkit/process.ts';
import { type MigrationRuns, quoted } from './migration-runs.ts';

const FILES = { '0100-a': 'CREATE TABLE a (id int)' };

/** Servers and databases that are missing, late, or wrong. */
export async function checkConnections(runs: MigrationRuns): Promise<void> {
  for (const what of ['new', `it's "new"`, 'host=new', '${a} $(b)', 'Grüße']) {
    const database = await runs.database(what);
    await runs.expect(`a missing database '${database}'`, runs.run(database, FILES), {
      output: [`created database '${database}'`, '1 migrations applied'],
    });
    await runs.answers('it is created for Unicode', database, 'SHOW server_encoding', 'UTF8');
  }
  await runs.expect('no database', runs.run('', FILES), {
    status: 1,
    output: ['error: PGDATABASE is empty: set it to the name of the database'],
    within: 2,
  });
  await runs.expect('no number', runs.run('a', FILES, { MIGRATIONS_LOCK_SECONDS: '1s' }), {
    status: 1,
    output: ["error: '1s' is not a number of seconds"],
    within: 2,
  });
  for (const encoding of ['SQL_ASCII', 'LATIN1']) {
    const options = `ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`;
    const database = await runs.database(encoding, options);
    await runs.expect(`a database of ${encoding}`, runs.run(database, FILES), {
      status: 1,
      output: [
        `error: database '${database}' has the encoding ${encoding}, and events are Unicode`,
      ],
      within: 3,
    });
  }
  await checkServers(runs);
  await checkReadOnly(runs);
}

async function checkServers(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('servers', '');
  const [silent] = (await freePorts(1)) as [number];
  await runs.expect('no server', runs.run(database, FILES, { PGPORT: String(silent) }), {
    status: 1,
    output: [/waiting: .*Connection refused/, /error: gave up after 6 s: .*Connection refused/],
  });
  const late = await runs.lateServer(3_000);
  await runs.expect('a server that is late', runs.run(database, FILES, { PGPORT: late.port }), {
    output: [/waiting: .*Connection refused/, '1 migrations applied'],
  });
  late.close();
  await runs.expect(
    'an unknown host',
    runs.run(database, FILES, { PGHOST: 'certificate.invalid' }),
    {
      status: 1,
      output: [/error: gave up after 6 s: .*could not translate host name/],
      within: 40,
    },
  );
  await runs.expect('a wrong password', runs.run(database, FILES, { PGPASSWORD: 'wrong' }), {
    status: 1,
    output: [/error: .* cannot be opened: correct role .* and its password.*authentication failed/],
    within: 3,
  });
  const plain = (await runs.sql(database, 'SHOW ssl')) === 'off';
  if (plain) {
    await runs.expect('a server without TLS', runs.run(database, FILES, { PGSSLMODE: 'require' }), {
      status: 1,
      output: [/error: .* cannot be opened: correct the certificate.*does not support SSL/],
      within: 3,
    });
  }
  const closed = await runs.database('closed', 'ALLOW_CONNECTIONS false');
  await runs.expect('a database that is closed', runs.run(closed, FILES), {
    status: 1,
    output: [`ALTER DATABASE "${closed}" ALLOW_CONNECTIONS true`],
    within: 3,
  });
}

async function checkReadOnly(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('read_only', '');
  await runs.sql('postgres', `ALTER DATABASE ${database} SET default_transaction_read_only = on`);
  await runs.expect('a database that stays read-only', runs.run(database, FILES), {
    status: 1,
    output: [
      /waiting: .* is read-only/,
      /error: gave up after 6 s: .* is read-only: it is a standby/,
    ],
  });
  const run = runs.run(database, FILES);
  setTimeout(() => {
    void runs.sql('postgres', `ALTER DATABASE ${database} RESET default_transaction_read_only`);
  }, 2_000);
  await runs.expect('one that is read-only for a while', run, {
    output: [/waiting: .* is read-only/, '1 migrations applied'],
  });
}

/** Roles that lack a right, and roles whose settings would change what SQL does. */
export async function checkRoles(runs: MigrationRuns): Promise<void> {
  const owner = await runs.role('owner');
  const database = await runs.database('owned', `OWNER ${owner.name}`);
  const elsewhere = await runs.database('elsewhere', '');
  await runs.sql('postgres', `REVOKE CONNECT ON DATABASE ${elsewhere} FROM PUBLIC`);
  const noMaintenance = { ...owner.env, MAINTENANCE_DATABASE: elsewhere };
  await runs.expect(
    'a role without CONNECT on the maintenance database',
    runs.run(database, FILES, noMaintenance),
    { output: ['1 migrations applied'] },
  );
  const missing = await runs.database('missing');
  const byHand = `create it by CREATE DATABASE "${missing}" OWNER "${owner.name}" ENCODING 'UTF8' TEMPLATE template0`;
  await runs.expect('the same, without a database', runs.run(missing, FILES, noMaintenance), {
    status: 1,
    output: [
      `error: database '${missing}' does not exist, and database '${elsewhere}' cannot be opened to create it: ${byHand}, or set MAINTENANCE_DATABASE`,
      'permission denied for database',
    ],
    within: 3,
  });
  await runs.expect(
    'no maintenance database',
    runs.run(missing, FILES, { MAINTENANCE_DATABASE: 'nowhere' }),
    {
      status: 1,
      output: [`error: database '${missing}' does not exist, and database 'nowhere'`],
      within: 3,
    },
  );
  await runs.expect('a role without CREATEDB', runs.run(missing, FILES, owner.env), {
    status: 1,
    output: [
      `error: database '${missing}' does not exist, and role '${owner.name}' may not create it: ${byHand}, or let it by ALTER ROLE "${owner.name}" CREATEDB`,
    ],
    within: 3,
  });
  await runs.expect('a role without CONNECT', runs.run(elsewhere, FILES, owner.env), {
    status: 1,
    output: [`cannot be opened: GRANT CONNECT ON DATABASE "${elsewhere}" TO "${owner.name}"`],
    within: 3,
  });
  await runs.sql('postgres', `GRANT CONNECT ON DATABASE ${elsewhere} TO ${owner.name}`);
  await runs.sql(elsewhere, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  await runs.expect('a role without CREATE', runs.run(elsewhere, FILES, owner.env), {
    status: 1,
    output: [
      '42501: permission denied for schema public',
      `error: preparing the table schema_migrations failed: nothing of it is applied: role '${owner.name}' lacks a right`,
    ],
    within: 3,
  });
  await runs.sql('postgres', `ALTER ROLE ${owner.name} SET search_path = nowhere`);
  await runs.expect('a search path without a schema', runs.run(elsewhere, FILES, owner.env), {
    status: 1,
    output: [`no schema of the search path exists; create one, or ALTER ROLE "${owner.name}"`],
    within: 3,
  });
  const creator = await runs.role('creator', 'CREATEDB');
  await runs.expect('a role with CREATEDB', runs.run(missing, FILES, creator.env), {
    output: [`created database '${missing}'`, '1 migrations applied'],
  });
  await runs.sql('postgres', `ALTER DATABASE ${quoted(missing)} OWNER TO CURRENT_USER`);
  await checkRoleSettings(runs);
}

async function checkRoleSettings(runs: MigrationRuns): Promise<void> {
  const odd = await runs.role('odd', 'SUPERUSER');
  const settings = {
    statement_timeout: '1s',
    lock_timeout: '1ms',
    idle_in_transaction_session_timeout: '10ms',
    standard_conforming_strings: 'off',
    client_encoding: 'LATIN1',
    client_min_messages: 'debug5',
    DateStyle: 'German',
    TimeZone: 'Asia/Kolkata',
    default_transaction_isolation: 'serializable',
    default_transaction_deferrable: 'on',
    search_path: 'own, public',
  };
  for (const [name, value] of Object.entries(settings)) {
    const values = name === 'search_path' ? value : `'${value}'`;
    await runs.sql('postgres', `ALTER ROLE ${odd.name} SET ${name} = ${values}`);
  }
  const database = await runs.database('odd', '');
  const sql = `CREATE TABLE odd AS SELECT 'a\\b Grüße'::text AS text, '02/01/2024'::date AS day, '2024-01-01'::timestamptz AS time;
SELECT pg_sleep(1.5)`;
  await runs.expect('a role with odd settings', runs.run(database, { '0100-odd': sql }, odd.env), {
    output: ['1 migrations applied'],
  });
  await runs.answers(
    'what a migration does does not depend on them',
    database,
    `SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SELECT text, day, time FROM public.odd`,
    'a\\b Grüße|2024-02-01|2024-01-01 00:00:00+00',
  );
}
