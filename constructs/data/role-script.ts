import { accessProblems, accessStatements } from '@cdk8s-event-platform/contracts/interface';
import { MIGRATION_VARIABLES } from './connection-script.ts';
import { parameter } from './shell.ts';

/** End of the names of the files that hold the declared roles together, beside the migrations. */
export const ACCESS_FILES = '-access.json';

const ACCESS = `:'access'`;

/**
 * Shell functions that follow {@link CONNECT_SCRIPT}: `set_up_roles` has each role log in with the password of its
 * Secret, `apply_access` writes the SQL after which roles have the rights that are declared, and no others.
 *
 * A role that logs in already is left alone: somebody else may have created it. psql hashes a password before it
 * sends it, so neither logs nor statistics of the server show it.
 */
export const ROLE_SCRIPT = String.raw`roles="${parameter(MIGRATION_VARIABLES.roles, '/roles')}"

# Whether role $1 logs in with the password in file $2.
logs_in() { PGUSER="$1" PGPASSWORD="$(<"$2")" ask "$database" 'SELECT;' >/dev/null; }

# Prints whether role $1 is open, closed or missing; an open one may connect from here on.
role_state() {
  ask "$database" "$(grant_connect)
SELECT coalesce((SELECT CASE WHEN rolcanlogin THEN 'open' ELSE 'closed' END FROM pg_roles WHERE rolname = :'role'), 'missing');" "$1"
}

grant_connect() {
  cat <<'SQL'
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', datname, rolname) FROM pg_database, pg_roles
  WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
    AND rolname = :'role' AND NOT has_database_privilege(rolname, datname, 'CONNECT') \gexec
SQL
}

# Lets role $1 log in with the password in file $2. Only without a terminal does psql read it from its input.
open_role() {
  {
    begin
    cat <<'SQL'
SET LOCAL password_encryption = 'scram-sha-256';
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I LOGIN', :'role') FROM pg_roles WHERE rolname = :'role' AND NOT rolcanlogin \gexec
SQL
    grant_connect
    printf '\\password :"role"\n%s\n%s\nCOMMIT;\n' "$(<"$2")" "$(<"$2")"
  } | timeout 60 $without_terminal psql $flags --set role="$1" >/dev/null 2>"$log"
}
without_terminal=$(command -v setsid || true)

set_up_roles() {
  local file name state verb said help failures=0
  for file in "$roles"/*/password; do
    [ -f "$file" ] || continue
    name=$(basename "$(dirname "$file")")
    state=$(role_state "$name") || fail "role '$name' cannot be looked up; psql says: $(psql_said)"
    if [ "$state" = open ] && logs_in "$name" "$file"; then continue; fi
    if [ "$state" = missing ]; then verb=CREATE; else verb=ALTER; fi
    if ! open_role "$name" "$file"; then
      printf "error: role '%s' cannot log in with the password of its Secret, and role '%s' cannot change that: %s ROLE \"%s\" LOGIN PASSWORD '…' by hand, or let it by ALTER ROLE \"%s\" CREATEROLE; psql says: %s\n" \
        "$name" "$role" "$verb" "$name" "$role" "$(psql_said | sed 's/.*Enter [^:]*: //')" >&2
      failures=$((failures + 1))
    elif ! logs_in "$name" "$file"; then
      said=$(psql_said)
      help=$(role="$name"; remedy "$said")
      printf "error: role '%s' has the password of its Secret, and cannot log in: %s; psql says: %s\n" \
        "$name" "${parameter('help', 'see what psql says')}" "$said" >&2
      failures=$((failures + 1))
    else
      echo "role '$name' logs in"
    fi
  done
  [ "$failures" = 0 ] || exit 1
}

apply_access() {
  begin
  cat <<'SQL'
\set access ${'`'}cat :'migrations_file'${'`'}
${accessStatements(ACCESS)} \gexec
WITH store AS (
  SELECT role, schema FROM jsonb_to_recordset((${ACCESS})::jsonb -> 'roles') AS each (role name, schema name)
  WHERE schema IS NOT NULL
),
moved AS (
  SELECT role, oid::regclass AS present, relname, format('%I.%I', schema, relname) AS wanted, schema FROM store, pg_class
  WHERE oid IN (to_regclass('dapr_state'), to_regclass('dapr_metadata')) AND pg_get_userbyid(relowner) = current_user
    AND to_regclass(format('%I.%I', schema, relname)) IS NULL
)
SELECT statement FROM (
  SELECT DISTINCT 1 AS step, format('GRANT %I TO CURRENT_USER', role) AS statement FROM moved
  UNION ALL SELECT 2, format('ALTER TABLE %s SET SCHEMA %I', present, schema) FROM moved
  UNION ALL SELECT 3, format('UPDATE %s SET key = replace(key, %L, %L) WHERE key LIKE %L',
    wanted, '-dapr_', format('-%s.dapr_', schema), '%-state-v2-dapr\_') FROM moved WHERE relname = 'dapr_metadata'
  UNION ALL SELECT 4, format('ALTER TABLE %s OWNER TO %I', wanted, role) FROM moved
  UNION ALL SELECT DISTINCT 5, format('REVOKE %I FROM CURRENT_USER', role) FROM moved
) AS statements ORDER BY step \gexec
SELECT count(*) > 0 AS access_refused, coalesce(string_agg('error: ' || problem, chr(10)), '') AS access_problems
  FROM (${accessProblems(ACCESS)}) AS problems \gset
\if :access_refused
  \echo :access_problems
\else
  COMMIT;
\endif
SQL
}
`;
