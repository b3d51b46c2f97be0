import { Size } from 'cdk8s';
import type { StartPosition } from '../../messaging/topic-policies.ts';
import type { Toolbox, TopicReader } from '../../messaging/toolbox.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { accountEnv } from '../kafka-protocol/login-parts.ts';
import { TOOLBOX_COMMANDS } from '../parts/toolbox-script.ts';
import type { Rights } from './grants.ts';
import { HTTP_FUNCTIONS } from './provisioning-script.ts';
import { RABBITMQ_USER } from './rabbitmq-nodes.ts';
import { RABBITMQ_PORTS } from './server-config.ts';

/** What {@link rabbitMqToolbox} depends on. */
export interface RabbitMqToolboxOptions {
  /** Image with bash. */
  readonly image: string;
  readonly peer: NetworkPeer;
  /** Host of the HTTP API. */
  readonly host: string;
  /** What its own queues begin with. */
  readonly account: string;
  /** Account that the tools log in with. Undefined: the guest. */
  readonly login: SecretReference | undefined;
  /** Queues that are declared, as `queue topic app`; called when everything is. */
  readonly queues: () => readonly string[];
}

/** An account with queues of its own, which it binds to exchanges. It reads no queue of an app. */
export function toolboxRights(account: string, topics: readonly string[]): Rights {
  const own = `${account}\\..*`;
  const exchanges = topics.map((topic) => topic.replaceAll('.', '\\.'));
  return {
    configure: `^${own}$`,
    // Binding a queue writes to it, and reads from the exchange.
    write: `^${own}$`,
    read: `^(${[own, ...exchanges].join('|')})$`,
  };
}

/**
 * Bash that calls the HTTP API. What reads a topic has a queue of its own, which takes what is published from then on, and
 * expires a minute after its reader is gone.
 */
export function rabbitMqToolboxScript({
  host,
  account,
  queues,
}: Pick<RabbitMqToolboxOptions, 'host' | 'account' | 'queues'>): string {
  return `set -euo pipefail
export LC_ALL=C
host="\${MANAGEMENT_HOST:-${host}}"
port="\${MANAGEMENT_PORT:-${RABBITMQ_PORTS.management}}"
login=$(printf '%s' "\${BROKER_USERNAME:-guest}:\${BROKER_PASSWORD:-guest}" | base64 -w 0)
queues='${queues().join('\n')}'
${HTTP_FUNCTIONS}
# method, path, body: what the answer holds
body() {
  local answer
  answer=$(send "$@")
  case "$answer" in
    'HTTP/1.'?' 2'*) printf '%s\\n' "\${answer#*$'\\r\\n\\r\\n'}" ;;
    *)
      echo "$1 $2: \${answer##*$'\\r\\n\\r\\n'}" >&2
      return 1
      ;;
  esac
}

# topic, from, follow
read_topic() {
  [ "$3" = follow ] || return 0
  local queue="${account}.$$.$RANDOM" said
  must PUT "queues/%2F/$queue" '{"auto_delete":false,"durable":true,"arguments":{"x-queue-type":"classic","x-expires":60000}}'
  trap 'send DELETE "queues/%2F/$queue" "" > /dev/null || true' EXIT
  trap 'exit 143' TERM
  bind "$1" "$queue"
  echo ready
  while :; do
    said=$(body POST "queues/%2F/$queue/get" '{"count":100,"ackmode":"ack_requeue_false","encoding":"base64"}')
    if [ "$said" = '[]' ]; then
      sleep 0.5
    else
      printf '%s\\n' "$said"
    fi
  done
}

list_topics() { body GET 'exchanges/%2F?columns=name,type,message_stats.publish_in' ''; }

list_groups() {
  printf 'queue %s\\n' "$queues"
  body GET 'queues/%2F?columns=name,messages,messages_unacknowledged' ''
}

# group, topic, from
reset_group() {
  echo 'RabbitMQ keeps no events for a group that has processed them' >&2
  exit 1
}
${TOOLBOX_COMMANDS}`;
}

function listIn(said: string): Record<string, unknown>[] {
  return said
    .split('\n')
    .filter((line) => line.startsWith('['))
    .flatMap((line) => JSON.parse(line) as Record<string, unknown>[]);
}

function reader(): TopicReader {
  let position = 0;
  return {
    read: (line) =>
      listIn(line).map(({ payload, payload_encoding: encoding }) => {
        position += 1;
        return {
          // Messages of a queue have no numbers of their own.
          position: String(position),
          value: Buffer.from(String(payload), encoding === 'base64' ? 'base64' : 'utf8'),
        };
      }),
    done: false,
  };
}

/** RabbitMQ hands out what is published while somebody listens, and no more. */
export function rabbitMqPositionProblem(from: StartPosition): string | undefined {
  return from === 'now'
    ? undefined
    : "RabbitMQ keeps an event until its consumers have processed it, and no longer: events are read from 'now' on, and none can be replayed; use `dead-letters replay` for those that failed, or a KafkaCluster";
}

/** The HTTP API of RabbitMQ: its image has no command line for messages. */
export function rabbitMqToolbox(options: RabbitMqToolboxOptions): Toolbox {
  const { image, peer, login, account } = options;
  return {
    image,
    user: RABBITMQ_USER,
    shell: '/bin/bash',
    env: accountEnv(login),
    memory: { request: Size.mebibytes(16), limit: Size.mebibytes(64) },
    peer,
    script: () => rabbitMqToolboxScript(options),
    reader,
    topics: (said) =>
      listIn(said).flatMap(({ name, type }) =>
        type === 'fanout' && typeof name === 'string' && !name.startsWith('amq.')
          ? [{ topic: name }]
          : [],
      ),
    groups: (said) => {
      const declared = new Map(
        said.split('\n').flatMap((line) => {
          const [, queue, topic, group] = /^(?:queue )?(\S+) (\S+) (\S+)$/.exec(line) ?? [];
          return queue === undefined ? [] : [[queue, { topic: topic!, group: group! }] as const];
        }),
      );
      return listIn(said).flatMap(({ name, messages, messages_unacknowledged: pending }) => {
        const queue = declared.get(String(name));
        const own = String(name).startsWith(`${account}.`);
        return queue === undefined || own
          ? []
          : [{ ...queue, lag: Number(messages ?? 0), pending: Number(pending ?? 0) }];
      });
    },
    positionProblem: rabbitMqPositionProblem,
  };
}
