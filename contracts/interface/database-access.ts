import type { AppManifest } from '../app-manifest.ts';
import type { EventContract } from '../event-contract.ts';
import { type Mark, marksOf } from '../marks.ts';
import { holdsPersonalData } from '../streams.ts';
import { CLAIM_FUNCTION, FORGET_CLAIMS_FUNCTION, KEEP_CLAIM_FUNCTION } from './claims.ts';
import { EFFECTS_TABLE } from './effects.ts';
import {
  ADOPT_STORED_EVENTS_FUNCTION,
  EVENT_STORE_CLOCK_TABLE,
  SNAPSHOTS_TABLE,
  STORED_EVENTS_TABLE,
} from './event-store.ts';
import { IDEMPOTENCY_KEYS_TABLE } from './idempotency.ts';
import { INBOX_RETENTION_TABLE } from './app-roles.ts';
import { INBOX_TABLE, KEEP_INBOX_FUNCTION, QUARANTINE_TABLE } from './inbox.ts';
import {
  ADD_SUBJECT_KEY_FUNCTION,
  ERASED_BY_TABLE,
  ERASURES_TABLE,
  SUBJECT_KEYS_FUNCTION,
} from './personal-data.ts';
import { JOBS_TABLE } from './jobs.ts';
import { OUTBOX_LANES_TABLE, OUTBOX_TABLE } from './outbox.ts';
import { PROJECTIONS_TABLE } from './projections.ts';
import { REQUESTS_TABLE } from './requests.ts';
import { SAGA_COMMANDS_TABLE, SAGAS_TABLE } from './sagas.ts';

/** Name of the table of migrations that are applied, with the relations that each has created. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** What a role of the database is for. Rights are these, and no others. */
export interface DatabaseRole {
  /** Name of the role: `<prefix>.<app id>` for an app. */
  readonly role: string;
  /** Shared tables that it reads and writes, its own rows each. @default - none */
  readonly tables?: readonly string[];
  /** Shared tables that it reads and adds rows of its own to. @default - none */
  readonly appends?: readonly string[];
  /** Tables that it reads. @default - none */
  readonly reads?: readonly string[];
  /** Functions that it calls, with the types of their arguments. @default - none */
  readonly functions?: readonly string[];
  /** Migrations whose relations it reads and writes. @default - none */
  readonly migrations?: readonly string[];
  /** Projections whose relations it reads and writes, in every version: those of the old one while a new one is built. @default - none */
  readonly projections?: readonly string[];
  /** Schema that it creates tables in. @default - none */
  readonly schema?: string;
  /** Whether it sees the quarantine of all consumers. @default false */
  readonly collects?: boolean;
}

/** Every role of a database but its owner. */
export interface DatabaseAccess {
  /** What stands before the dot in names of roles: one of these that is not declared is shut out. */
  readonly prefixes: readonly string[];
  readonly roles: readonly DatabaseRole[];
  /** Days for which the inbox remembers events. @default - as each consumer asks for */
  readonly inboxDays?: number;
}

/** Shared tables that an app writes to. */
export function sharedTablesOf(manifest: AppManifest): string[] {
  const { serves } = manifest;
  const has = (
    list: 'subscribes' | 'publishes' | 'requests' | 'jobs' | 'sagas' | 'streams' | 'projections',
  ) => (manifest[list] ?? []).length > 0;
  const tables: [boolean, ...string[]][] = [
    [has('subscribes'), INBOX_TABLE],
    [has('subscribes') || has('jobs'), EFFECTS_TABLE],
    [has('publishes'), OUTBOX_TABLE, OUTBOX_LANES_TABLE],
    [has('publishes') || serves === true, IDEMPOTENCY_KEYS_TABLE],
    // What only publishes has no quarantine; the dead-letter processor has nothing else.
    [has('subscribes') || !(has('publishes') || has('jobs')), QUARANTINE_TABLE],
    [has('jobs'), JOBS_TABLE],
    [has('requests'), REQUESTS_TABLE],
    [has('streams'), SNAPSHOTS_TABLE],
    [has('sagas'), SAGAS_TABLE, SAGA_COMMANDS_TABLE],
    [has('projections'), PROJECTIONS_TABLE],
  ];
  return tables.flatMap(([isUsed, ...names]) => (isUsed ? names : []));
}

/** What an app that keeps events may do with them: read, and append. Of its projections, it writes each version. */
function storeRights({ streams = [], projections = [] }: AppManifest) {
  return streams.length === 0
    ? { rights: {}, reads: [], functions: [] }
    : {
        rights: {
          appends: [STORED_EVENTS_TABLE],
          ...(projections.length > 0 && { projections: projections.map(({ name }) => name) }),
        },
        reads: [EVENT_STORE_CLOCK_TABLE],
        functions: [`${ADOPT_STORED_EVENTS_FUNCTION}()`],
      };
}

/** What the role of an app is for, by its manifest. */
export function roleOfApp(role: string, manifest: AppManifest): DatabaseRole {
  const { subscribes = [], publishes = [], migrations = [], streams = [] } = manifest;
  const marks = (contracts: readonly EventContract[], mark: Mark) =>
    contracts.some(({ schema }) => marksOf(schema).has(mark));
  const all = [...subscribes, ...publishes];
  const store = storeRights(manifest);
  const personal = marks(all, 'pii') || streams.some(holdsPersonalData);
  const erases = manifest.erases ?? personal;
  const claims = marks(publishes, 'claimCheck');
  return {
    role,
    tables: [...sharedTablesOf(manifest), ...(erases ? [ERASED_BY_TABLE] : [])],
    ...store.rights,
    reads: [MIGRATIONS_TABLE, ...(erases ? [ERASURES_TABLE] : []), ...store.reads],
    functions: [
      ...(subscribes.length > 0 ? [`${KEEP_INBOX_FUNCTION}(integer)`] : []),
      ...(personal
        ? [`${SUBJECT_KEYS_FUNCTION}(text[])`, `${ADD_SUBJECT_KEY_FUNCTION}(text, text, bytea)`]
        : []),
      ...store.functions,
      ...(claims ? [`${KEEP_CLAIM_FUNCTION}(text, bytea)`, `${FORGET_CLAIMS_FUNCTION}()`] : []),
      ...(marks(subscribes, 'claimCheck') ? [`${CLAIM_FUNCTION}(text)`] : []),
    ],
    migrations: migrations.map(({ name }) => name),
  };
}

const WRITE = `'{SELECT,INSERT,UPDATE,DELETE}'::text[]`;
const KIND = `CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END`;

/** Roles that are declared, and every role of the platform that exists. */
function declaredRoles(access: string): string {
  return `access AS (SELECT (${access})::jsonb AS json),
declared AS (
  SELECT each.* FROM access, jsonb_to_recordset(json -> 'roles') AS each
    (role name, tables text[], appends text[], reads text[], functions text[], migrations text[], projections text[], schema name, collects boolean)
),
present AS (
  SELECT oid, rolname AS role, rolcanlogin FROM pg_roles
  WHERE rolname IN (SELECT role FROM declared) OR (strpos(rolname, '.') > 0
    AND split_part(rolname, '.', 1) IN (SELECT jsonb_array_elements_text(json -> 'prefixes') FROM access))
)`;
}

/**
 * SQL that returns the statements after which roles have the rights that they are declared with, in the column
 * `statement`, in order; no row where they have them. The owner of the tables runs it and them in one transaction,
 * with the schema of the tables in its search path.
 *
 * @param access SQL expression of a {@link DatabaseAccess} as JSON, e.g. `$1`.
 */
export function accessStatements(access: string): string {
  return `WITH ${declaredRoles(access)},
created AS (
  SELECT role, relation::oid FROM declared CROSS JOIN LATERAL unnest(migrations) AS own (name)
  JOIN ${MIGRATIONS_TABLE} m USING (name) CROSS JOIN LATERAL unnest(m.relations) AS relation
  UNION SELECT role, relation::oid FROM declared CROSS JOIN LATERAL unnest(projections) AS own (name)
  JOIN ${MIGRATIONS_TABLE} m ON m.name ~ ('^projection-' || own.name || '-v[0-9]+$')
  CROSS JOIN LATERAL unnest(m.relations) AS relation
),
made AS (
  SELECT role, c.oid, relkind, relnamespace FROM created JOIN pg_class c ON c.oid = relation
  UNION SELECT role, c.oid, relkind, relnamespace FROM created
    JOIN pg_depend ON refobjid = relation AND refclassid = 'pg_class'::regclass
      AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
    JOIN pg_class c ON c.oid = objid AND relkind = 'S'
),
wanted (role, kind, object, privilege) AS (
  SELECT role, 'TABLE', name::regclass::text, unnest(${WRITE}) FROM declared, unnest(tables) AS name
  UNION SELECT role, 'TABLE', name::regclass::text, unnest('{SELECT,INSERT}'::text[]) FROM declared, unnest(appends) AS name
  UNION SELECT role, 'TABLE', name::regclass::text, 'SELECT' FROM declared, unnest(reads) AS name
  UNION SELECT role, ${KIND}, oid::regclass::text, unnest(CASE relkind
    WHEN 'S' THEN '{USAGE,SELECT}'::text[] WHEN 'm' THEN '{SELECT}'::text[] ELSE ${WRITE} END) FROM made
  UNION SELECT role, 'SCHEMA', relnamespace::regnamespace::text, 'USAGE' FROM made
  UNION SELECT role, 'SCHEMA', quote_ident(current_schema()), 'USAGE' FROM declared WHERE schema IS NULL
  UNION SELECT role, 'SCHEMA', quote_ident(schema), unnest('{USAGE,CREATE}'::text[]) FROM declared WHERE schema IS NOT NULL
  UNION SELECT role, 'ROUTINE', name::regprocedure::text, 'EXECUTE' FROM declared, unnest(functions) AS name
  UNION SELECT role, 'DATABASE', quote_ident(current_database()), 'CONNECT' FROM declared
),
held (role, kind, object, privilege) AS (
  SELECT role, ${KIND}, c.oid::regclass::text, privilege_type FROM pg_class c, aclexplode(relacl), present
    WHERE present.oid = grantee AND grantee <> relowner
  UNION SELECT role, 'SCHEMA', quote_ident(nspname), privilege_type FROM pg_namespace, aclexplode(nspacl), present
    WHERE present.oid = grantee AND grantee <> nspowner
  UNION SELECT role, 'ROUTINE', p.oid::regprocedure::text, privilege_type FROM pg_proc p, aclexplode(proacl), present
    WHERE present.oid = grantee AND grantee <> proowner
  UNION SELECT role, 'DATABASE', quote_ident(datname), privilege_type FROM pg_database, aclexplode(datacl), present
    WHERE present.oid = grantee AND grantee <> datdba AND datname = current_database()
      AND privilege_type <> 'TEMPORARY'
),
open_to_all (kind, object, privilege) AS (
  SELECT 'SCHEMA', quote_ident(nspname), privilege_type FROM pg_namespace, aclexplode(nspacl)
    WHERE grantee = 0 AND privilege_type = 'CREATE' AND nspname = current_schema() AND pg_has_role(nspowner, 'USAGE')
  UNION SELECT 'DATABASE', quote_ident(datname), privilege_type
    FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
    WHERE grantee = 0 AND datname = current_database() AND pg_has_role(datdba, 'USAGE')
),
collectors AS (SELECT oid, role FROM declared JOIN present USING (role) WHERE collects),
policies AS (
  SELECT polname, polroles FROM pg_policy WHERE polrelid = '${QUARANTINE_TABLE}'::regclass AND polname <> 'own_rows'
),
statements (step, statement) AS (
  SELECT 1, format('CREATE SCHEMA %I', schema) FROM declared
    WHERE schema IS NOT NULL AND to_regnamespace(quote_ident(schema)) IS NULL
  UNION ALL SELECT 2, format('REVOKE %s ON %s %s FROM PUBLIC', privilege, kind, object) FROM open_to_all
  UNION ALL SELECT 3, format('REVOKE %s ON %s %s FROM %I', privilege, kind, object, role)
    FROM (TABLE held EXCEPT TABLE wanted) AS superfluous
  UNION ALL SELECT 4, format('GRANT %s ON %s %s TO %I', privilege, kind, object, role)
    FROM (TABLE wanted EXCEPT TABLE held) AS missing
  UNION ALL SELECT 5, format('DROP POLICY %I ON ${QUARANTINE_TABLE}', polname) FROM policies
    WHERE NOT EXISTS (SELECT FROM collectors WHERE role = polname AND polroles = ARRAY[oid])
  UNION ALL SELECT 6, format('CREATE POLICY %I ON ${QUARANTINE_TABLE} TO %I USING (true)', role, role) FROM collectors
    WHERE NOT EXISTS (SELECT FROM policies WHERE polname = role AND polroles = ARRAY[oid])
  UNION ALL SELECT 7, format('ALTER ROLE %I NOLOGIN', role) FROM present
    WHERE rolcanlogin AND role NOT IN (SELECT role FROM declared)
  UNION ALL SELECT 8, statement FROM access, unnest(ARRAY[
      'DELETE FROM ${INBOX_RETENTION_TABLE}',
      format('INSERT INTO ${INBOX_RETENTION_TABLE} VALUES (%L)', json ->> 'inboxDays')]) AS statement
    WHERE NOT EXISTS (SELECT FROM ${INBOX_RETENTION_TABLE} WHERE days = (json ->> 'inboxDays')::integer)
      AND json ? 'inboxDays'
)
SELECT statement FROM statements ORDER BY step, statement`;
}

/**
 * SQL that returns why roles could do more than they are declared with, in the column `problem`; no row where they
 * cannot.
 *
 * @param access as {@link accessStatements} takes it.
 */
export function accessProblems(access: string): string {
  return `WITH ${declaredRoles(access)},
checked AS (SELECT r.* FROM pg_roles r WHERE rolname IN (SELECT role FROM declared))
SELECT format('role ''%s'' has more rights than any app needs: ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname, rolname) AS problem
FROM checked WHERE rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
UNION ALL
SELECT format('role ''%s'' is a member of ''%s'': REVOKE %I FROM %I', checked.rolname, other.rolname, other.rolname, checked.rolname)
FROM checked JOIN pg_roles other ON other.oid <> checked.oid AND pg_has_role(checked.oid, other.oid, 'MEMBER')
WHERE NOT checked.rolsuper AND (other.rolname = current_user OR other.rolsuper OR starts_with(other.rolname, 'pg_'))
UNION ALL
SELECT format('role ''%s'' may create objects in the schema %I: REVOKE CREATE ON SCHEMA %I FROM PUBLIC, %I', rolname, current_schema(), current_schema(), rolname)
FROM checked WHERE NOT rolsuper AND has_schema_privilege(oid, current_schema(), 'CREATE')
ORDER BY problem`;
}

/**
 * SQL expression of the relations that a migration has created, as `regclass[]`. What others create meanwhile,
 * such as a partition of the inbox, is not among them.
 *
 * @param before SQL expression of the oids of all relations before it, e.g. `$1`.
 */
export function createdRelations(before: string): string {
  return `ARRAY(SELECT oid::regclass FROM pg_class
  WHERE oid <> ALL (${before}::oid[]) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT relispartition
    AND relpersistence <> 't' AND pg_get_userbyid(relowner) = current_user)`;
}
