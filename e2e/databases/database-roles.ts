import {
  APP_ROLES_MIGRATION,
  type DatabaseRole,
  PLATFORM_MIGRATIONS,
  roleOfApp,
} from '@cdk8s-event-platform/contracts/interface';
import { type DeclaredRoles, type Files, type MigrationRuns, quoted } from './migration-runs.ts';

const FILES: Files = {
  ...Object.fromEntries(PLATFORM_MIGRATIONS.map(({ name, sql }) => [name, sql])),
  '0100-shop': 'CREATE TABLE orders (id serial, text text)',
  '0200-bank': 'CREATE TABLE accounts (id int)',
};

const app = (role: string, migration: string): DatabaseRole =>
  roleOfApp(role, {
    ...{ appId: role.split('.')[1]!, description: 'An app.', port: 8080 },
    migrations: [{ name: migration, sql: '' }],
  });

/** The roles of a database: an app for each table, and the state store. */
function declare(runs: MigrationRuns, prefix: string, password = 'first'): DeclaredRoles {
  const names = ['shop', 'bank', 'state_store'].map((name) => `${prefix}.${name}`);
  const [shop, bank, store] = names as [string, string, string];
  names.forEach((name) => runs.addRole(name));
  return {
    access: {
      prefixes: [prefix],
      roles: [
        app(shop, '0100-shop'),
        app(bank, '0200-bank'),
        { role: store, schema: 'state_store' },
      ],
      inboxDays: 36,
    },
    passwords: Object.fromEntries(names.map((name) => [name, `${password} '$"\\ of ${name}`])),
  };
}

const login = ({ passwords }: DeclaredRoles, role: string) => ({
  PGUSER: role,
  PGPASSWORD: passwords[role]!,
});

/** Roles of apps: created, kept, changed and shut out, by owners with and without the right to. */
export async function checkDatabaseRoles(runs: MigrationRuns): Promise<void> {
  await checkLifeOfRoles(runs);
  await checkPlainOwners(runs);
  await checkUpgrade(runs);
}

async function checkLifeOfRoles(runs: MigrationRuns): Promise<void> {
  const database = await runs.database('roles', '');
  const roles = declare(runs, database);
  const shop = `${database}.shop`;
  await runs.expect('roles that are missing', runs.run(database, FILES, {}, roles), {
    output: [
      `role '${shop}' logs in`,
      `role '${database}.state_store' logs in`,
      'applied 0200-bank',
    ],
  });
  await runs.answers(
    'an app writes to its table',
    database,
    `INSERT INTO orders (text) VALUES ('a') RETURNING id`,
    '1',
    login(roles, shop),
  );
  await runs.answers(
    "and not to another app's",
    database,
    'SELECT FROM accounts',
    'ERROR:  permission denied for table accounts',
    login(roles, shop),
  );
  await runs.answers(
    'passwords are stored as SCRAM does',
    'postgres',
    `SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolname LIKE '${database}.%'`,
    't',
  );
  const before = await runs.sql(
    'postgres',
    `SELECT rolpassword FROM pg_authid WHERE rolname = '${shop}'`,
  );
  await runs.expect('the same again', runs.run(database, FILES, {}, roles), {
    output: [/^0 migrations applied/],
  });
  await runs.answers(
    'a role that logs in is left alone',
    'postgres',
    `SELECT rolpassword FROM pg_authid WHERE rolname = '${shop}'`,
    before,
  );
  const changed = declare(runs, database, 'second');
  await runs.expect('passwords that changed', runs.run(database, FILES, {}, changed), {
    output: [`role '${shop}' logs in`],
  });
  await runs.answers('the new one logs in', database, 'SELECT 1', '1', login(changed, shop));
  const left = changed.access.roles.filter(({ role }) => role !== shop);
  const without = { access: { ...changed.access, roles: left }, passwords: {} };
  await runs.expect('an app that is removed', runs.run(database, FILES, {}, without), {});
  await runs.answers(
    'its role is shut out, and not dropped',
    database,
    `SELECT rolcanlogin, has_table_privilege(oid, 'orders', 'SELECT') FROM pg_roles WHERE rolname = '${shop}'`,
    'f|f',
  );
  await runs.expect('an app that comes back', runs.run(database, FILES, {}, changed), {
    output: [`role '${shop}' logs in`],
  });
  await runs.sql('postgres', `ALTER ROLE ${quoted(shop)} CREATEDB`);
  await runs.expect('a role with more rights', runs.run(database, FILES, {}, changed), {
    status: 1,
    output: [
      `error: role '${shop}' has more rights than any app needs: ALTER ROLE "${shop}" NOSUPER`,
    ],
  });
}

/** Owners that are no superusers, as in a managed service: with and without CREATEROLE. */
async function checkPlainOwners(runs: MigrationRuns): Promise<void> {
  const creator = await runs.role('creator', 'CREATEROLE');
  const managed = await runs.database('managed', `OWNER ${creator.name}`);
  const roles = declare(runs, managed);
  await runs.expect('an owner with CREATEROLE', runs.run(managed, FILES, creator.env, roles), {
    output: [`role '${managed}.shop' logs in`, 'applied 0200-bank'],
  });
  await runs.answers(
    'its apps have their tables',
    managed,
    'SELECT count(*) FROM accounts',
    '0',
    login(roles, `${managed}.bank`),
  );
  await runs.expect('it runs again', runs.run(managed, FILES, creator.env, roles), {
    output: [/^0 migrations applied/],
  });

  const owner = await runs.role('plain');
  const plain = await runs.database('plain', `OWNER ${owner.name}`);
  const provided = declare(runs, plain);
  await runs.expect('an owner without', runs.run(plain, FILES, owner.env, provided), {
    status: 1,
    output: Object.keys(provided.passwords).map(
      (name) =>
        `error: role '${name}' cannot log in with the password of its Secret, and role '${owner.name}' cannot change that: CREATE ROLE "${name}" LOGIN PASSWORD '…' by hand, or let it by ALTER ROLE "${owner.name}" CREATEROLE`,
    ),
  });
  for (const [name, password] of Object.entries(provided.passwords)) {
    const literal = password.replaceAll("'", "''");
    await runs.sql('postgres', `CREATE ROLE ${quoted(name)} LOGIN PASSWORD '${literal}'`);
  }
  await runs.expect('roles that are provided', runs.run(plain, FILES, owner.env, provided), {
    output: ['applied 0200-bank'],
  });
  await runs.answers(
    'they have their tables',
    plain,
    'SELECT count(*) FROM orders',
    '0',
    login(provided, `${plain}.shop`),
  );
}

/** A database in which the owner did everything. */
async function checkUpgrade(runs: MigrationRuns): Promise<void> {
  const owner = await runs.role('upgraded', 'CREATEROLE');
  const database = await runs.database('upgraded', `OWNER ${owner.name}`);
  const names = PLATFORM_MIGRATIONS.map(({ name }) => name);
  const later = names.slice(names.indexOf(APP_ROLES_MIGRATION.name));
  const earlier = Object.fromEntries(
    Object.entries(FILES).filter(([name]) => !later.includes(name)),
  );
  await runs.expect('an earlier version', runs.run(database, earlier, owner.env), {});
  await runs.sql(
    database,
    `ALTER TABLE schema_migrations DROP COLUMN relations; SET ROLE ${owner.name};
     CREATE TABLE dapr_state (key text, row_id bigint GENERATED BY DEFAULT AS IDENTITY);
     CREATE TABLE dapr_metadata (key text, value text);
     INSERT INTO dapr_metadata VALUES ('migrations-state-v2-dapr_', '2'), ('lock', 'lock')`,
  );
  const roles = declare(runs, database);
  await runs.expect('the upgrade', runs.run(database, FILES, owner.env, roles), {
    output: [...later.map((name) => `applied ${name}`), `${later.length} migrations applied`],
  });
  await runs.answers(
    'tables of before are those of the app whose migration names them',
    database,
    `INSERT INTO orders (text) VALUES ('a') RETURNING id`,
    '1',
    login(roles, `${database}.shop`),
  );
  const store = `${database}.state_store`;
  await runs.answers(
    "the state store's tables are its own, and known to be up to date",
    database,
    `ALTER TABLE state_store.dapr_state ADD COLUMN more int;
     SELECT value FROM state_store.dapr_metadata WHERE key = 'migrations-state-v2-state_store.dapr_'`,
    '2',
    login(roles, store),
  );
  await runs.answers(
    'the owner has no rights of it any more',
    database,
    `SELECT pg_has_role('${owner.name}', '${store}', 'USAGE')`,
    'f',
  );
}
