import { parameter } from './shell.ts';

/** Settings that {@link CONNECT_SCRIPT} and what follows it read from the environment. */
export const MIGRATION_VARIABLES = {
  folder: 'MIGRATIONS',
  roles: 'ROLES',
  maintenanceDatabase: 'MAINTENANCE_DATABASE',
  connectSeconds: 'MIGRATIONS_CONNECT_SECONDS',
  lockSeconds: 'MIGRATIONS_LOCK_SECONDS',
} as const;

/**
 * Shell that ends when the database of libpq's variables can be written to. It creates a database
 * that is missing, waits within a deadline for a server that does not answer, and fails at once for
 * what waiting cannot mend. A connection has 20 s: PgBouncer holds clients back for 15 s after a login
 * that has failed, and only then says why.
 *
 * @see https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export const CONNECT_SCRIPT = String.raw`set -euo pipefail
export LC_ALL=C PGCLIENTENCODING=UTF8 PGCONNECT_TIMEOUT="${parameter('PGCONNECT_TIMEOUT', '20')}"
folder="${parameter(MIGRATION_VARIABLES.folder, '/migrations')}"
maintenance="${parameter(MIGRATION_VARIABLES.maintenanceDatabase, 'postgres')}"
connect_seconds="${parameter(MIGRATION_VARIABLES.connectSeconds, '300')}"
lock_seconds="${parameter(MIGRATION_VARIABLES.lockSeconds, '10')}"
database="${parameter('PGDATABASE', '')}"
server="${parameter('PGHOST', 'localhost')}:${parameter('PGPORT', '5432')}"
role="${parameter('PGUSER', '')}"
flags='--no-psqlrc --no-password --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set VERBOSITY=verbose'
log=$(mktemp)

fail() { printf 'error: %s\n' "$1" >&2; exit 1; }

[ -n "$database" ] || fail 'PGDATABASE is empty: set it to the name of the database'
for seconds in "$connect_seconds" "$lock_seconds"; do
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "'$seconds' is not a number of seconds: set MIGRATIONS_CONNECT_SECONDS and MIGRATIONS_LOCK_SECONDS to whole numbers of at least 1"
done

# Prints the answer of database $1 to the SQL $2, which may name a role $3. What psql says of a failure is in the log.
ask() { PGDATABASE="$1" timeout 60 psql $flags --set database="$database" --set role="${parameter('3', '')}" <<<"$2" 2>"$log"; }
# Prints what psql said, as one line.
psql_said() { grep -v '^LOCATION:' "$log" | tr -s '\n\t' '  ' | sed 's/ *$//' || echo 'no answer within 60 s'; }

reason=
# Waits a moment because of $1, until the deadline.
wait_for() {
  if [ "$1" != "$reason" ]; then reason="$1"; echo "waiting: $1"; fi
  [ "$SECONDS" -lt "$connect_seconds" ] || fail "gave up after $connect_seconds s: $1"
  sleep 2
}

# Prints the remedy of error $1 when waiting cannot mend it. Names are taken out first: they may say anything.
remedy() {
  case "$(sed 's/"[^"]*"/""/g' <<<"$1")" in
    *certificate* | *'not support SSL'* | *'sslmode value'*) echo "correct the certificate of the server, or the authority that clients are given" ;;
    *'authentication failed'* | *'no password supplied'* | *'role "" does not exist'* | *'no such user'* | *'not permitted to log in'*) echo "correct role '$role' and its password, in the Secret or on the server" ;;
    *pg_hba.conf*) echo "let role '$role' log in from here, in pg_hba.conf of the server" ;;
    *'permission denied for database'*) echo "GRANT CONNECT ON DATABASE \"$database\" TO \"$role\"" ;;
    *'not currently accepting connections'*) echo "ALTER DATABASE \"$database\" ALLOW_CONNECTIONS true" ;;
  esac
}

says_missing() { [[ $1 == *'database "'*'" does not exist'* || $1 == *'no such database'* ]]; }
# Whether the database is missing by error $1. A server may say so in its own language: then its list of databases tells.
is_missing() {
  says_missing "$1" || [ "$(ask "$maintenance" "SELECT count(*) FROM pg_database WHERE datname = :'database';")" = 0 ]
}

create_database() {
  local error missing="database '$database' does not exist"
  local by_hand="create it by CREATE DATABASE \"$database\" OWNER \"$role\" ENCODING 'UTF8' TEMPLATE template0"
  if ask "$maintenance" "CREATE DATABASE :\"database\" ENCODING 'UTF8' TEMPLATE template0;"; then
    echo "created database '$database'"
    return
  fi
  error=$(psql_said)
  case "$error" in
    *' 42P04: '* | *' 23505: '*) wait_for "database '$database' exists, and cannot be opened yet" ;;
    *' 42501: '*) fail "$missing, and role '$role' may not create it: $by_hand, or let it by ALTER ROLE \"$role\" CREATEDB" ;;
    *' 22023: '*) fail "$missing, and cannot be created in UTF8: $by_hand LOCALE 'C'; psql says: $error" ;;
    *) if says_missing "$error" || [ -n "$(remedy "$error")" ]; then
         fail "$missing, and database '$maintenance' cannot be opened to create it: $by_hand, or set MAINTENANCE_DATABASE to one that role '$role' may open; psql says: $error"
       fi
       wait_for "$missing, and cannot be created yet; psql says: $error" ;;
  esac
}

database_state() {
  ask "$database" "SELECT CASE
    WHEN current_setting('server_version_num')::int < 130000 THEN 'version ' || current_setting('server_version')
    WHEN getdatabaseencoding() <> 'UTF8' THEN 'encoding ' || getdatabaseencoding()
    WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only'
    ELSE 'ready' END;"
}

until state=$(database_state) && [ "$state" = ready ]; do
  case "$state" in
    read-only) wait_for "$server is read-only: it is a standby, or default_transaction_read_only is on"; continue ;;
    version*) fail "$server has PostgreSQL of $state: use 13 or newer" ;;
    encoding*) fail "database '$database' has the $state, and events are Unicode: create another with ENCODING 'UTF8' TEMPLATE template0, and move the data there" ;;
  esac
  error=$(psql_said)
  remedy=$(remedy "$error")
  [ -z "$remedy" ] || fail "database '$database' on $server cannot be opened: $remedy; psql says: $error"
  if is_missing "$error"; then create_database; else wait_for "database '$database' on $server; psql says: $error"; fi
done
`;
