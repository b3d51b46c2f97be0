import { Size } from 'cdk8s';
import type { Toolbox, TopicReader } from '../../messaging/toolbox.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { TOOLBOX_COMMANDS } from '../parts/toolbox-script.ts';
import { REDIS_USER, secretEnv } from './redis-servers.ts';
import { REDIS_PORTS } from './server-files.ts';
import { ADMIN_ENV, clientCommand } from './start-scripts.ts';

/** What {@link redisToolbox} depends on. */
export interface RedisToolboxOptions {
  readonly image: string;
  readonly peer: NetworkPeer;
  /** Full names of the servers. */
  readonly servers: readonly string[];
  /** Account that the tools log in with. Undefined: they do not. */
  readonly account: SecretReference | undefined;
}

/** Lua functions of the scripts. Redis has JSON, and its own command line does not. */
const LUA = {
  /**
   * Lines of JSON: entries of a stream, at most 200 behind an id, and the last id of the page. Values of fields are
   * written as hexadecimal digits, since they need not be text.
   */
  page: `local function hex(s) return (s:gsub('.', function(c) return string.format('%02x', c:byte()) end)) end
local lines = {}
for _, entry in ipairs(redis.call('XRANGE', ARGV[1], ARGV[2], ARGV[3], 'COUNT', 200)) do
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = hex(entry[2][i + 1]) end
  lines[#lines + 1] = cjson.encode({ id = entry[1], value = fields['data'] or cjson.null })
end
return lines`,
  /** The last id of a stream. */
  last: `if redis.call('EXISTS', ARGV[1]) == 0 then return '0-0' end
local info = redis.call('XINFO', 'STREAM', ARGV[1])
for i = 1, #info, 2 do if info[i] == 'last-generated-id' then return info[i + 1] end end`,
  /** A line for each stream, or for each group of each stream. */
  streams: `local cursor, lines = '0', {}
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 1000, 'TYPE', 'stream')
  cursor = page[1]
  for _, topic in ipairs(page[2]) do
    if ARGV[1] == 'topics' then
      local last = redis.call('XREVRANGE', topic, '+', '-', 'COUNT', 1)
      lines[#lines + 1] = cjson.encode({ topic = topic, messages = redis.call('XLEN', topic), last = last[1] and last[1][1] or cjson.null })
    else
      for _, group in ipairs(redis.call('XINFO', 'GROUPS', topic)) do
        local own = { topic = topic }
        for i = 1, #group, 2 do own[group[i]] = group[i + 1] end
        lines[#lines + 1] = cjson.encode({ topic = topic, group = own.name, pending = own.pending, lag = own.lag or cjson.null })
      end
    end
  end
until cursor == '0'
return lines`,
  /** How many entries were added to a stream up to an id: the group's counter, from which its lag follows. */
  read: `local info, added = redis.call('XINFO', 'STREAM', ARGV[1]), 0
for i = 1, #info, 2 do if info[i] == 'entries-added' then added = info[i + 1] end end
local from, behind = '(' .. ARGV[2], 0
repeat
  local page = redis.call('XRANGE', ARGV[1], from, '+', 'COUNT', 1000)
  behind = behind + #page
  if #page > 0 then from = '(' .. page[#page][1] end
until #page < 1000
return added - behind`,
} as const;

/** The ids of entries begin with the milliseconds of the server's clock. */
export function redisToolboxScript({
  servers,
  account,
}: Pick<RedisToolboxOptions, 'servers' | 'account'>): string {
  const client = clientCommand(account !== undefined).replace(
    String(REDIS_PORTS.client),
    `"\${PORT:-${REDIS_PORTS.client}}"`,
  );
  return `set -eu
servers="\${SERVERS:-${servers.join(' ')}}"
cli() { ${client} "$@"; }
for server in $servers; do
  [ "$(cli -h "$server" role 2>/dev/null | head -n 1)" != master ] || primary="$server"
done
if [ -z "\${primary:-}" ]; then
  echo "no server answers as the primary: $servers" >&2
  exit 1
fi

# Lua, arguments
ask() {
  lua="$1"
  shift
  cli -e -h "$primary" --raw eval_ro "$lua" 0 "$@"
}

# from: the id behind which events are
behind() {
  case "$1" in
    beginning) echo 0-0 ;;
    now) ask "$last_id" "$topic" ;;
    *) echo "$(($1 - 1))-18446744073709551615" ;;
  esac
}

page='${LUA.page.replaceAll("'", `'\\''`)}'
last_id='${LUA.last.replaceAll("'", `'\\''`)}'
streams='${LUA.streams.replaceAll("'", `'\\''`)}'
entries_read='${LUA.read.replaceAll("'", `'\\''`)}'

# topic, from, follow
read_topic() {
  topic="$1"
  position=$(behind "$2")
  end=+
  [ "$3" = follow ] || end=$(ask "$last_id" "$topic")
  while :; do
    lines=$(ask "$page" "$topic" "($position" "$end")
    if [ -n "$lines" ]; then
      printf '%s\\n' "$lines"
      position=$(printf '%s\\n' "$lines" | sed -n '$s/.*"id":"\\([0-9-]*\\)".*/\\1/p')
    elif [ "$3" = follow ]; then
      sleep 1
    else
      return 0
    fi
  done
}

list_topics() { ask "$streams" topics; }
list_groups() { ask "$streams" groups; }

# group, topic, from
reset_group() {
  topic="$2"
  position=$(behind "$3")
  cli -e -h "$primary" xgroup setid "$topic" "$1" "$position" entriesread "$(ask "$entries_read" "$topic" "$position")"
}
${TOOLBOX_COMMANDS}`;
}

/** The time in an id; undefined for an id that has none. */
function timeIn(id: string): string | undefined {
  const milliseconds = Number(id.split('-')[0]);
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined;
}

function parsed(said: string): Record<string, unknown>[] {
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function reader(): TopicReader {
  return {
    read: (line) =>
      parsed(line).map(({ id, value }) => ({
        position: String(id),
        time: timeIn(String(id)),
        value: typeof value === 'string' ? Buffer.from(value, 'hex') : undefined,
      })),
    done: false,
  };
}

/** The command line of Redis. */
export function redisToolbox(options: RedisToolboxOptions): Toolbox {
  const { image, peer, account } = options;
  return {
    image,
    user: REDIS_USER,
    shell: '/bin/sh',
    env:
      account === undefined
        ? []
        : [
            secretEnv(ADMIN_ENV.username, account, 'username'),
            secretEnv(ADMIN_ENV.password, account, 'password'),
          ],
    memory: { request: Size.mebibytes(16), limit: Size.mebibytes(128) },
    peer,
    script: () => redisToolboxScript(options),
    reader,
    topics: (said) =>
      parsed(said).map(({ topic, messages, last }) => ({
        topic: String(topic),
        messages: Number(messages),
        ...(typeof last === 'string' && { last: timeIn(last) }),
      })),
    groups: (said) =>
      parsed(said).map(({ group, topic, lag, pending }) => ({
        group: String(group),
        topic: String(topic),
        // Of a group that was set to a time, a server may not know it.
        ...(typeof lag === 'number' && { lag: lag + Number(pending) }),
        pending: Number(pending),
      })),
  };
}
