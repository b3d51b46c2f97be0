import {
  REDIS_PATHS,
  REDIS_PORTS,
  type RedisFilesOptions,
  RETENTION,
  serverHosts,
} from './server-files.ts';

/** Environment variables in which the servers and their tools have the administrator's account. */
export const ADMIN_ENV = {
  username: 'ADMIN_USERNAME',
  /** The name that `redis-cli` reads. */
  password: 'REDISCLI_AUTH',
} as const;

const { config, data } = REDIS_PATHS;

/** How the scripts call `redis-cli`: as the administrator, where there is one. */
export function clientCommand(authentication: boolean): string {
  return `redis-cli${authentication ? ' --no-auth-warning --user "$ADMIN_USERNAME"' : ''} -p ${REDIS_PORTS.client}`;
}

/** Shell function that prints who the primary is, as the first of the given Sentinels says. */
const ASK_SENTINELS = `
# Sentinels answer this without a password.
ask_sentinels() {
  for sentinel in "$@"; do
    found=$(env -u REDISCLI_AUTH redis-cli -h "$sentinel" -p ${REDIS_PORTS.sentinel} sentinel get-master-addr-by-name "$NAME" 2>/dev/null | head -n 1)
    for server in $SERVERS; do
      if [ "$found" = "$server" ]; then
        echo "$found"
        return
      fi
    done
  done
}`;

/** What the scripts of all pods begin with. */
function preamble(options: RedisFilesOptions): string {
  const servers = serverHosts(options);
  return `umask 077
NAME=${options.name}
SERVERS="${servers.join(' ')}"
self="$POD_NAME.${options.headlessHost}"
others=$(for server in $SERVERS; do [ "$server" = "$self" ] || echo "$server"; done)`;
}

/** Accounts are not replicated: a server whose volume is new takes them from another one. */
function users(): string {
  const cli = clientCommand(true);
  return `
users=${data}/users.acl
if [ ! -s "$users" ]; then
  for server in $others; do
    if ${cli} -h "$server" acl list 2>/dev/null >"$users.other" && grep -q '^user ' "$users.other"; then
      mv "$users.other" "$users"
      break
    fi
  done
fi
{
  echo 'user default off resetkeys resetchannels -@all'
  echo "user $ADMIN_USERNAME on >$REDISCLI_AUTH ~* &* +@all"
  if [ -s "$users" ]; then
    grep '^user ' "$users" | grep -v -e '^user default ' -e "^user $ADMIN_USERNAME " || true
  fi
} >"$users.new"
mv "$users.new" "$users"
{
  echo "aclfile $users"
  echo "masteruser $ADMIN_USERNAME"
  echo "masterauth $REDISCLI_AUTH"
} >>/tmp/redis.conf`;
}

/** A server asks the Sentinels what it is; at the very first start all of them say the same. */
function role(authentication: boolean): string {
  return `
others_have_streams() {
  for server in $others; do
    if [ "$(${clientCommand(authentication)} -h "$server" dbsize 2>/dev/null)" -gt 0 ] 2>/dev/null; then
      return 0
    fi
  done
  return 1
}

# A primary whose volume is new would have its replicas throw away what they have.
may_start() {
  [ -n "$primary" ] || return 1
  [ "$primary" != "$self" ] || [ -d ${data}/appendonlydir ] || ! others_have_streams
}

primary=$(ask_sentinels $others "$self")
until may_start; do
  echo "waiting for Sentinels to name a primary"
  sleep 1
  primary=$(ask_sentinels $others "$self")
done
echo "replica-announce-ip $self" >>/tmp/redis.conf
if [ "$primary" != "$self" ]; then
  echo "replicaof $primary ${REDIS_PORTS.client}" >>/tmp/redis.conf
fi`;
}

/** Starts a server. */
export function startRedis(options: RedisFilesOptions): string {
  const clustered = options.replicas > 1;
  return `${preamble(options)}
${clustered ? ASK_SENTINELS : ''}
# Sentinel has the server rewrite its configuration, and passwords are added to it.
cat ${config}/redis.conf >/tmp/redis.conf
${options.authentication ? users() : ''}
${clustered ? role(options.authentication) : ''}
exec redis-server /tmp/redis.conf
`;
}

/** Starts a Sentinel with what it knew, and with the settings of today. */
export function startSentinel(options: RedisFilesOptions): string {
  const { name, replicas, authentication } = options;
  const majority = Math.floor(replicas / 2) + 1;
  return `${preamble(options)}
${ASK_SENTINELS}

known='^sentinel (myid|monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel) '
state=${data}/sentinel.conf
{
  if [ -s "$state" ]; then
    grep -E "$known" "$state"
  else
    primary=$(ask_sentinels $others)
    echo "sentinel monitor $NAME \${primary:-${serverHosts(options)[0]!}} ${REDIS_PORTS.client} ${majority}"
  fi
  cat ${config}/sentinel.conf
  echo "sentinel announce-ip $self"
${
  authentication
    ? `  echo "sentinel auth-user ${name} $ADMIN_USERNAME"
  echo "sentinel auth-pass ${name} $REDISCLI_AUTH"
  echo "sentinel sentinel-user $ADMIN_USERNAME"
  echo "sentinel sentinel-pass $REDISCLI_AUTH"
  echo "user $ADMIN_USERNAME on >$REDISCLI_AUTH ~* &* +@all"
`
    : ''
}} >"$state.new"
mv "$state.new" "$state"
exec redis-server "$state" --sentinel
`;
}

/**
 * Trims streams, each to its own retention. Dapr could only trim all to one. Where the server is
 * no primary, or cannot write, the next minute does it.
 */
export function trimStreams(authentication: boolean): string {
  return `trap 'exit 0' TERM
cli() { ${clientCommand(authentication)} "$@"; }
while :; do
  if [ "$(cli role 2>/dev/null | head -n 1)" = master ]; then
    now=$(date +%s)
    cli -n ${RETENTION.database} hgetall ${RETENTION.key} | while read -r stream && read -r kept; do
      trimmed=$(cli xtrim "$stream" minid = "$((now * 1000 - kept))")
      [ "$trimmed" = 0 ] || echo "$stream: $trimmed events trimmed"
    done
  fi
  sleep "\${TRIM_SECONDS:-60}" &
  wait $!
done
`;
}
