import type { Migration } from '../contracts/index.ts';

/** Shell that applies the SQL files of a folder once each, in the order of their names. */
export const MIGRATE_SCRIPT = `set -euo pipefail
folder="\${MIGRATIONS:-/migrations}"
database="$PGDATABASE"

until psql --dbname postgres --command 'SELECT 1' >/dev/null 2>&1; do
  echo "waiting for $PGHOST:$PGPORT"
  sleep 2
done
if [ -z "$(psql --dbname postgres --tuples-only --no-align --command "SELECT 1 FROM pg_database WHERE datname = '$database'")" ]; then
  psql --dbname postgres --command "CREATE DATABASE \\"$database\\""
fi

sql() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }
sql --command 'SET client_min_messages = warning' --command 'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())'

applied=0
for file in "$folder"/*.sql; do
  name=$(basename "$file" .sql)
  # One transaction with a lock, so that two Jobs at a time apply nothing twice.
  result=$(sql --single-transaction --tuples-only --no-align --set name="$name" --file - <<SQL
SELECT pg_advisory_xact_lock(4711) \\g /dev/null
SELECT NOT EXISTS (SELECT FROM schema_migrations WHERE name = :'name') AS pending \\gset
\\if :pending
\\i $file
INSERT INTO schema_migrations (name) VALUES (:'name');
\\echo applied
\\endif
SQL
)
  if [ "$result" = applied ]; then
    echo "applied $name"
    applied=$((applied + 1))
  fi
done
echo "$applied migrations applied"
`;

/** Every reason why migrations cannot be applied together; empty when they can. */
export function migrationProblems(migrations: readonly Migration[]): string[] {
  const problems: string[] = [];
  const sqlByName = new Map<string, string>();
  const nameByPrefix = new Map<string, string>();
  for (const { name, sql } of migrations) {
    if (!/^\d{4}-[a-z0-9-]+$/.test(name)) {
      problems.push(
        `migration '${name}' does not sort: name it by four digits and words, e.g. '0100-tasks'`,
      );
    }
    const known = sqlByName.get(name);
    if (known !== undefined && known !== sql) {
      problems.push(`migration '${name}' is declared with different SQL: rename one`);
    }
    const prefix = name.slice(0, 4);
    const other = nameByPrefix.get(prefix);
    if (other !== undefined && other !== name) {
      problems.push(
        `migrations '${other}' and '${name}' share the number ${prefix}, so their order is not plain: give one another number`,
      );
    }
    nameByPrefix.set(prefix, name);
    sqlByName.set(name, sql);
  }
  return problems;
}
