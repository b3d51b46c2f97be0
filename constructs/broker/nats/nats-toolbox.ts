import { Size } from 'cdk8s';
import type { Toolbox, TopicReader } from '../../messaging/toolbox.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { TOOLBOX_COMMANDS } from '../parts/toolbox-script.ts';
import { streamName } from './nats-names.ts';
import { NATS_USER } from './nats-servers.ts';
import { natsEnv } from './stream-provisioning.ts';

/** What {@link natsToolbox} depends on. */
export interface NatsToolboxOptions {
  /** Image with a shell and the `nats` command line. */
  readonly image: string;
  readonly peer: NetworkPeer;
  /** Address of the servers. */
  readonly url: string;
  /** Account that the tools log in with. Undefined: they do not. */
  readonly account: SecretReference | undefined;
  /** Topics that are declared; called when everything is. */
  readonly topics: () => readonly string[];
}

/** What the script does for each command. */
const COMMANDS = `# topic, from, follow
read_topic() {
  stream=$(printf '%s' "$1" | tr . _)
  find "$stream" "$2"
  while [ "$3" = follow ] || [ "$next" -le "$last" ]; do
    if message_at "$stream" "$next"; then
      printf '%s\\n' "$reply"
      next=$(($(number "$(printf '%s' "$reply" | sed 's/.*"message"://')" seq) + 1))
    elif [ "$3" = follow ]; then
      sleep 1
    else
      return 0
    fi
  done
}

list_topics() {
  for stream in $streams; do
    if ask "STREAM.INFO.$stream" '' '"err_code":10059'; then
      printf '%s\\n' "$reply"
    fi
  done
}

list_groups() {
  for stream in $streams; do
    offset=0
    while ask "CONSUMER.LIST.$stream" "{\\"offset\\":$offset}" '"err_code":10059'; do
      printf '%s\\n' "$reply"
      limit=$(number "$reply" limit)
      offset=$((offset + limit))
      [ "$offset" -lt "$(number "$reply" total)" ] || break
    done
  done
}

# group, topic, from
reset_group() {
  stream=$(printf '%s' "$2" | tr . _)
  find "$stream" "$3"
  ask "CONSUMER.RESET.$stream.$1" "{\\"seq\\":$next}"
  echo "consumer $1 of stream $stream goes on at message $next"
}
`;

/**
 * Shell that asks the servers by their API, one request for each event: no consumer is made, and nothing is acknowledged.
 * A group is reset by its consumer, which stays as it is configured: Dapr's client takes no other.
 *
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference
 */
export function natsToolboxScript({
  url,
  topics,
}: Pick<NatsToolboxOptions, 'url' | 'topics'>): string {
  return `set -eu
export NATS_URL="\${NATS_URL:-${url}}"
streams='${topics().map(streamName).join(' ')}'

# What the server says to a request. Errors of the server end the script, but for those that are named.
ask() {
  reply=$(nats request --raw "\\$JS.API.$1" "$2" 2>&1)
  case "$reply" in
    *'"error":'*"\${3:-nothing}"*) return 1 ;;
    *'"error":'*) echo "$1: $reply" >&2 && exit 1 ;;
    *'"type":'*) ;;
    *) echo "$1: no answer of $NATS_URL: $reply" >&2 && exit 1 ;;
  esac
}

# JSON, name: the first number of this name
number() { printf '%s' "$1" | sed -n "s/.*[{,]\\"$2\\":\\([0-9]*\\).*/\\1/p" | head -n 1; }

state_of() {
  ask "STREAM.INFO.$1" ''
  state=$(printf '%s' "$reply" | sed 's/.*"state"://')
  first=$(number "$state" first_seq)
  last=$(number "$state" last_seq)
}

# stream, sequence: the first message there or behind it; fails when there is none
message_at() { ask "STREAM.MSG.GET.$1" "{\\"seq\\":$2,\\"next_by_subj\\":\\">\\"}" '"err_code":10037'; }

# Milliseconds since 1970 of a time in RFC 3339 in UTC: options of date are not the same everywhere.
milliseconds_of() {
  echo "$1" | awk -F '[-T:.Z]' '{
    y = $1; m = $2; if (m < 3) { y--; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + $3 - 719469
    printf "%.0f", (days * 86400 + $4 * 3600 + $5 * 60 + $6) * 1000 + substr($7 "000", 1, 3)
  }'
}

# stream, from: sets next, the sequence of the first message from there on
find() {
  state_of "$1"
  case "$2" in
    beginning) next="$first" ;;
    now) next=$((last + 1)) ;;
    *)
      # Messages are in the order of their time. What has no message any more is at the next one.
      next="$first"
      high=$((last + 1))
      while [ "$next" -lt "$high" ]; do
        middle=$(((next + high) / 2))
        if message_at "$1" "$middle" &&
          [ "$(milliseconds_of "$(printf '%s' "$reply" | sed 's/.*"time":"\\([^"]*\\)".*/\\1/')")" -lt "$2" ]; then
          next=$((middle + 1))
        else
          high="$middle"
        fi
      done
      ;;
  esac
}

${COMMANDS}${TOOLBOX_COMMANDS}`;
}

/** A reply of the API. */
interface Reply {
  readonly message?: { readonly seq: number; readonly time: string; readonly data?: string };
  readonly config?: { readonly subjects: readonly string[] };
  readonly state?: { readonly messages: number; readonly last_ts: string };
  readonly consumers?: readonly {
    readonly name: string;
    readonly num_pending: number;
    readonly num_ack_pending: number;
    readonly config: { readonly filter_subject?: string; readonly durable_name?: string };
  }[];
}

function parsed(said: string): Reply[] {
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Reply);
}

function reader(): TopicReader {
  return {
    read: (line) =>
      parsed(line).flatMap(({ message }) =>
        message === undefined
          ? []
          : [
              {
                position: String(message.seq),
                time: new Date(message.time).toISOString(),
                value: Buffer.from(message.data ?? '', 'base64'),
              },
            ],
      ),
    done: false,
  };
}

/** The command line of NATS. */
export function natsToolbox(options: NatsToolboxOptions): Toolbox {
  const { image, peer, account } = options;
  return {
    image,
    user: NATS_USER,
    shell: '/bin/sh',
    env: natsEnv(account),
    memory: { request: Size.mebibytes(32), limit: Size.mebibytes(128) },
    peer,
    script: () => natsToolboxScript(options),
    reader,
    topics: (said) =>
      parsed(said).flatMap(({ config, state }) =>
        config === undefined || state === undefined
          ? []
          : [
              {
                topic: config.subjects[0]!,
                messages: state.messages,
                ...(state.messages > 0 && { last: new Date(state.last_ts).toISOString() }),
              },
            ],
      ),
    groups: (said) =>
      parsed(said).flatMap(({ consumers = [] }) =>
        consumers.flatMap(({ name, config, ...counts }) =>
          config.durable_name === undefined
            ? []
            : [
                {
                  group: name,
                  topic: config.filter_subject ?? '',
                  lag: counts.num_pending + counts.num_ack_pending,
                  pending: counts.num_ack_pending,
                },
              ],
        ),
      ),
  };
}
