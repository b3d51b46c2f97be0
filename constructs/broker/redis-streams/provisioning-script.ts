import type { TopicSpec } from '../../messaging/message-broker.ts';
import { type GroupStart, longestRetention } from '../../messaging/topic-policies.ts';
import { REDIS_PORTS, RETENTION } from './server-files.ts';
import { clientCommand } from './start-scripts.ts';

/** An account that is set up. */
export interface RedisAccount {
  /** Name on the server. */
  readonly username: string;
  /** Environment variable of the Job that has the password. */
  readonly passwordVariable: string;
  /** Rules as `ACL SETUSER` takes them. */
  readonly rights: string;
}

/** What {@link provisioningScript} brings about. */
export interface ProvisioningScriptOptions {
  /** Full names of the servers. */
  readonly servers: readonly string[];
  readonly topics: readonly TopicSpec[];
  /** Every group of every stream, and where it starts. */
  readonly groups: readonly GroupStart[];
  /** Everybody who may log in beside the administrator; undefined where nobody has to. */
  readonly accounts: readonly RedisAccount[] | undefined;
}

/** Makes a group. Ids of events begin with the milliseconds of the server's clock. */
function ensureGroup({ topic, group, start }: GroupStart): string {
  const call = `ensure_group ${topic} ${group}`;
  if (start instanceof Date) {
    // Behind all of the millisecond before: events of the time itself are received.
    return `${call} ${Math.max(0, start.getTime() - 1)}-18446744073709551615`;
  }
  return start === 'now' ? `${call} '$'` : call;
}

function accountLines(accounts: readonly RedisAccount[]): string {
  return `
# Through standard input: arguments of a process can be seen.
acl() { printf 'acl %s\\n' "$*" | cli -h "$server"; }

ensure_account() {
  answer=$(acl setuser "$1" reset on ">$2" "$3")
  if [ "$answer" != OK ]; then
    echo "account $1 on $server: $answer" >&2
    exit 1
  fi
  # Since Redis 7.2 clients say what they are; an older server does not know the command.
  acl setuser "$1" '+client|setinfo' >/dev/null || true
}

# Accounts are not replicated.
for server in $servers; do
${accounts
  .map(
    ({ username, passwordVariable, rights }) =>
      `  ensure_account ${username} "$${passwordVariable}" '${rights}'`,
  )
  .join('\n')}
  for user in $(acl users); do
    case " default $ADMIN_USERNAME ${accounts.map(({ username }) => username).join(' ')} " in
      *" $user "*) ;;
      *) acl deluser "$user" >/dev/null ;;
    esac
  done
  acl save >/dev/null
done
`;
}

/**
 * Shell that brings accounts, streams and groups to their declared state. Running it again changes
 * nothing: a group that is there goes on where it is. Others begin with the first event, as Dapr's own do, unless they
 * are declared to start elsewhere.
 *
 * @see https://redis.io/docs/latest/commands/xgroup-create/
 */
export function provisioningScript(options: ProvisioningScriptOptions): string {
  const { servers, topics, groups, accounts } = options;
  const retention = topics.map(
    ({ name, retention: kept }) => `${name} ${longestRetention(kept).toMilliseconds()}`,
  );
  const write =
    retention.length > 0
      ? `-n ${RETENTION.database} hset ${RETENTION.key} ${retention.join(' ')}`
      : 'ping';
  return `set -eu
servers="\${SERVERS:-${servers.join(' ')}}"
cli() { ${clientCommand(accounts !== undefined).replace(String(REDIS_PORTS.client), `"\${PORT:-${REDIS_PORTS.client}}"`)} "$@"; }

for server in $servers; do
  until [ "$(cli -h "$server" ping 2>/dev/null)" = PONG ]; do
    echo "waiting for $server"
    sleep 1
  done
done
${accounts === undefined ? '' : accountLines(accounts)}
# Where replicas have to be there first, nothing can be written for a while.
write_retention() {
  for primary in $servers; do
    if [ "$(cli -h "$primary" role 2>/dev/null | head -n 1)" = master ] &&
      cli -e -h "$primary" ${write} >/dev/null 2>&1; then
      return 0
    fi
  done
  return 1
}
until write_retention; do
  echo "waiting for a server that takes writes"
  sleep 1
done

# stream, group, id of the event behind which it starts
ensure_group() {
  answer=$(cli -h "$primary" xgroup create "$1" "$2" "\${3:-0}" mkstream 2>&1) || true
  case "$answer" in
    OK | BUSYGROUP*) ;;
    *)
      echo "group $2 of $1: $answer" >&2
      exit 1
      ;;
  esac
}

# A stream is there before its first event, so that the first one can be seen as growth.
ensure_stream() {
  if [ "$(cli -h "$primary" exists "$1")" != 1 ]; then
    ensure_group "$1" event-platform
    cli -e -h "$primary" xgroup destroy "$1" event-platform >/dev/null
  fi
}

${topics.map(({ name }) => `ensure_stream ${name}`).join('\n')}
${groups.map(ensureGroup).join('\n')}
echo "${topics.length} streams and ${groups.length} groups are as declared"
`;
}
