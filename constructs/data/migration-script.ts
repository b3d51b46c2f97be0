import { createdRelations } from '@cdk8s-event-platform/contracts/interface';
import { CONNECT_SCRIPT } from './connection-script.ts';
import { ACCESS_FILES, ROLE_SCRIPT } from './role-script.ts';

/** Key of the advisory lock that a run holds while it applies migrations. */
const LOCK = 4711;

/**
 * Shell that applies the SQL files of a folder once each, in the order of their names, when none of
 * them contradicts what was applied before, and gives roles the rights that are declared. It needs bash, coreutils or BusyBox, and `psql` 13 or
 * newer, and works through PgBouncer in session and in transaction mode: nothing that it sets
 * outlasts a transaction.
 *
 * @see https://www.postgresql.org/docs/18/app-psql.html
 */
export const MIGRATE_SCRIPT = String.raw`${CONNECT_SCRIPT}
files= separator=
for file in "$folder"/*.sql; do
  name=$(basename "$file" .sql)
  [[ $name =~ ^([0-9]{4}-[a-z0-9-]+|projection-[a-z0-9-]+-v[0-9]+)$ ]] || fail "'$file' is not a migration: name it by four digits and words, e.g. '0100-tasks.sql'"
  checksum=$(sha256sum <"$file" | cut -d ' ' -f 1)
  files="$files$separator('$name', '$checksum')"
  separator=', '
done

# Settings of the role or of the database must not change what a migration does.
# A server that checks the connection stops what a killed Job has begun.
pin_settings() {
  cat <<'SQL'
SELECT set_config(name, value, true) FROM (VALUES
  ('statement_timeout', '0'),
  ('lock_timeout', '0'),
  ('transaction_timeout', '0'),
  ('idle_in_transaction_session_timeout', '0'),
  ('client_min_messages', 'notice'),
  ('standard_conforming_strings', 'on'),
  ('DateStyle', 'ISO, MDY'),
  ('IntervalStyle', 'postgres'),
  ('TimeZone', 'UTC'),
  ('client_connection_check_interval', CASE WHEN version() LIKE '%linux%' THEN '10s' ELSE '0' END)
) AS pinned (name, value) JOIN pg_settings USING (name) \g /dev/null
SQL
}

# One transaction at a time, whatever Jobs there are. READ COMMITTED sees what others have committed while it waited.
begin() {
  cat <<SQL
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
$(pin_settings)
SELECT pg_try_advisory_xact_lock(${LOCK}) AS migrations_locked \gset
\if :migrations_locked
\else
  \warn 'waiting: another run applies migrations'
  SELECT pg_advisory_xact_lock(${LOCK}) \g /dev/null
\endif
SET LOCAL lock_timeout = '$lock_seconds s';
SQL
}

# Finds the table as apps find it. Migrations may change the search path.
find_table() {
  cat <<'SQL'
SELECT format('%I.%I', nspname, relname) AS migrations_table
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE pg_class.oid = to_regclass('schema_migrations') \gset
SQL
}

# Every reason not to apply anything. Numbers below 0100 are a series of their own; tables of projections have no number.
check() {
  cat <<SQL
WITH file (name, checksum) AS (VALUES $files),
applied AS (
  SELECT name COLLATE "C" AS name, checksum FROM :migrations_table WHERE name ~ '^([0-9]{4}|projection)-'
),
pending AS (
  SELECT name,
    (SELECT max(applied.name) FROM applied WHERE applied.name ~ '^[0-9]' AND (applied.name < '0100') = (file.name < '0100')) AS highest,
    (SELECT max(applied.name) FROM applied WHERE applied.name ~ '^[0-9]' AND left(applied.name, 4) = left(file.name, 4)) AS namesake
  FROM file WHERE name NOT IN (SELECT name FROM applied)
),
problem (message) AS (
  SELECT format('migration ''%s'' was applied with other contents: restore it, and put the change into a new migration', name)
    FROM file JOIN applied USING (name) WHERE applied.checksum <> file.checksum
  UNION ALL
  SELECT format('migration ''%s'' has the number of ''%s'', which is applied: restore the name, or number it above %s', name, namesake, left(highest, 4))
    FROM pending WHERE namesake IS NOT NULL
  UNION ALL
  SELECT format('migration ''%s'' is out of order, since ''%s'' is applied: number it above %s', name, highest, left(highest, 4))
    FROM pending WHERE namesake IS NULL AND left(name, 4) < left(highest, 4)
)
SELECT count(*) > 0 AS migrations_refused,
  coalesce(string_agg('error: ' || message, chr(10) ORDER BY message COLLATE "C"), '') AS migrations_problems
  FROM problem \gset
SQL
}

# The table is changed only when it has to be. Migrations of before there were checksums are taken as they are.
prepare() {
  cat <<SQL
$(begin)
SELECT to_regclass('schema_migrations') IS NULL AS migrations_new \gset
\if :migrations_new
  CREATE TABLE schema_migrations (name text PRIMARY KEY, checksum text, relations regclass[], applied_at timestamptz NOT NULL DEFAULT now());
\endif
$(find_table)
SELECT bool_or(attname = 'name') AS migrations_own, bool_or(attname = 'relations') AS migrations_checked
  FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') \gset
\if :migrations_own
  \if :migrations_checked
  \else
    ALTER TABLE :migrations_table ADD COLUMN IF NOT EXISTS checksum text, ADD COLUMN IF NOT EXISTS relations regclass[];
  \endif
  $(check)
\else
  \set migrations_refused true
  \set migrations_problems 'error: table ' :migrations_table ' has no column "name", so it belongs to another tool: give the platform a database or a schema of its own'
\endif
\if :migrations_refused
  \echo :migrations_problems
\else
  WITH file (name, checksum) AS (VALUES $files)
  UPDATE :migrations_table AS applied SET checksum = file.checksum
    FROM file WHERE applied.name = file.name AND applied.checksum IS NULL;
  COMMIT;
\endif
SQL
}

# Finds what the named migration has created, as far as its text says: an earlier version of this script applied it.
find_relations() {
  cat <<'SQL'
\set migrations_sql ${'`'}cat :'migrations_file'${'`'}
UPDATE :migrations_table SET relations = ARRAY(
  SELECT DISTINCT to_regclass(found[1]) FROM regexp_matches(:'migrations_sql',
    'create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?:materialized\s+|recursive\s+)?(?:table|view|sequence)\s+(?:if\s+not\s+exists\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)', 'gi') AS found
  WHERE to_regclass(found[1]) IS NOT NULL)
WHERE relations IS NULL AND name =
SQL
}

# Applies migration $1 unless another run has meanwhile. What it has set ends with it.
migrate() {
  cat <<SQL
$(begin)
$(find_table)
$(check)
SELECT count(*) = 0 AS migrations_pending FROM :migrations_table WHERE name = '$1' \gset
\if :migrations_refused
  \echo :migrations_problems
\elif :migrations_pending
  SELECT pg_current_xact_id() AS migrations_xid, (SELECT array_agg(oid) FROM pg_class) AS migrations_before \gset
  \o /dev/null
  \i :migrations_file
  \o
  SELECT pg_current_xact_id_if_assigned() IS NOT DISTINCT FROM :'migrations_xid' AS migrations_same \gset
  \if :migrations_same
    RESET SESSION AUTHORIZATION;
    RESET ROLE;
    RESET ALL;
    $(pin_settings)
    INSERT INTO :migrations_table (name, checksum, relations)
      SELECT name, checksum, ${createdRelations(`:'migrations_before'`)}
      FROM (VALUES $files) AS file (name, checksum) WHERE name = '$1';
    COMMIT;
    \echo 'applied $1'
  \else
    \echo 'error: migration ''$1'' has ended the transaction that it ran in: parts of it may be applied, and it is not recorded; undo them, and remove COMMIT, ROLLBACK and the like from it'
  \endif
\else
  $(find_relations) '$1';
  COMMIT;
\endif
SQL
}

# Shows lines as they come, errors apart, and keeps them in the log.
show() {
  local line
  while IFS= read -r line; do
    case "$line" in
      LOCATION:*) continue ;;
      'error: '*) printf '%s\n' "$line" >&2 ;;
      *) printf '%s\n' "$line" ;;
    esac
    printf '%s\n' "$line" >>"$log"
  done
}

# Says what a failure of psql, with status $1, comes to, and what helps.
advice() {
  local nothing='nothing of it is applied'
  case "$(cat "$log")" in
    *' 55P03: '*) echo "$nothing: it waited $lock_seconds s for a lock; find the session that holds it in pg_locks and pg_stat_activity, and run again, or raise MIGRATIONS_LOCK_SECONDS" ;;
    *' 42501: '*) echo "$nothing: role '$role' lacks a right; grant it, or ALTER DATABASE \"$database\" OWNER TO \"$role\"" ;;
    *' 3F000: '*) echo "$nothing: no schema of the search path exists; create one, or ALTER ROLE \"$role\" SET search_path = public" ;;
    *) if [ "$1" = 2 ]; then echo 'the connection is lost; run again, and it is applied unless it has been'; else echo "$nothing: psql says why above; correct it, and run again"; fi ;;
  esac
}

# Runs SQL for what $1 names, with file $2. Nothing follows a failure.
run() {
  local status=0
  : >"$log"
  psql $flags --set migrations_file="$2" 2>&1 | show || status=$?
  [ "$status" = 0 ] || fail "$1 failed: $(advice "$status")"
  ! grep -q '^error: ' "$log" || exit 1
}

${ROLE_SCRIPT}
set_up_roles
prepare | run 'preparing the table schema_migrations' ''
applied=0
for file in "$folder"/*.sql; do
  name=$(basename "$file" .sql)
  migrate "$name" | run "migration '$name'" "$file"
  if grep -qx "applied $name" "$log"; then applied=$((applied + 1)); fi
done
access=$(mktemp)
cat "$folder"/*${ACCESS_FILES} >"$access" 2>/dev/null || true
if [ -s "$access" ]; then apply_access | run 'granting what is declared' "$access"; fi
echo "$applied migrations applied"
`;
