import type { Queue } from './queues.ts';
import type { Rights } from './grants.ts';

/** An account that the script makes. */
export interface ProvisionedAccount {
  readonly username: string;
  /** Environment variable of the script that has the password. */
  readonly passwordVariable: string;
  /** `management` for those that look at queues by HTTP. @default - none */
  readonly tags?: string;
  readonly rights: Rights;
}

/** What {@link provisioningScript} brings about. */
export interface ProvisioningOptions {
  /** Host of the HTTP API. */
  readonly host: string;
  /** Port of the HTTP API. */
  readonly port: number;
  /** Servers that have to run, so that queues get all of their copies. */
  readonly servers: number;
  readonly queues: readonly Queue[];
  readonly accounts: readonly ProvisionedAccount[];
}

/**
 * Redeliveries after which a message is dropped. RabbitMQ 4 has a limit of 20 where nothing is said,
 * and 3 takes no negative number for none.
 */
const DELIVERY_LIMIT = 2 ** 31 - 1;

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function put(path: string, body: object): string {
  return `put ${path} ${quoted(JSON.stringify(body))}`;
}

function policy(name: string, pattern: string, priority: number, ttl?: number): string {
  return put(`policies/%2F/${name}`, {
    pattern,
    definition: {
      'delivery-limit': DELIVERY_LIMIT,
      ...(ttl !== undefined && { 'message-ttl': ttl }),
    },
    'apply-to': 'queues',
    priority,
  });
}

function topicLines([topic, queues]: readonly [string, readonly Queue[]]): string[] {
  return [
    '',
    `# ${topic}`,
    put(`exchanges/%2F/${topic}`, { type: 'fanout', durable: true }),
    ...queues.flatMap((queue) => [
      ...(queue.ttl === undefined
        ? []
        : [policy(`keep-${queue.name}`, `^${queue.name.replaceAll('.', '\\.')}$`, 1, queue.ttl)]),
      put(`queues/%2F/${queue.name}`, { durable: true, arguments: queue.arguments }),
      `bind ${topic} ${queue.name}`,
    ]),
    `others ${[topic, ...queues.map((queue) => queue.name)].join(' ')}`,
  ];
}

function accountLines(account: ProvisionedAccount): string[] {
  return [
    `account ${account.username} "$${account.passwordVariable}" ${quoted(account.tags ?? '')}`,
    put(`permissions/%2F/${account.username}`, account.rights),
  ];
}

/** Bash functions that call the HTTP API. They expect `host`, `port` and `login`. */
export const HTTP_FUNCTIONS = `
# method, path, body: the whole answer
send() {
  exec 3<>"/dev/tcp/$host/$port"
  printf '%s /api/%s HTTP/1.0\\r\\nHost: %s\\r\\nAuthorization: Basic %s\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' \\
    "$1" "$2" "$host" "$login" "\${#3}" "$3" >&3
  cat <&3
}

# method, path, body: ends the script when the answer is no success
must() {
  local answer
  answer=$(send "$@")
  case "$answer" in
    'HTTP/1.'?' 2'*) ;;
    *)
      echo "$1 $2: \${answer##*$'\\r\\n\\r\\n'}" >&2
      exit 1
      ;;
  esac
}

put() { must PUT "$1" "$2"; }

# exchange, queue
bind() { must POST "bindings/%2F/e/$1/q/$2" '{"routing_key":"","arguments":{}}'; }
`;

/** Bash functions that the script calls. */
const FUNCTIONS = `${HTTP_FUNCTIONS}
# user, password, tags
account() {
  local password="\${2//\\\\/\\\\\\\\}"
  put "users/$1" "{\\"password\\":\\"\${password//\\"/\\\\\\"}\\",\\"tags\\":\\"$3\\"}"
}

# topic, its queues: the queue that kept its messages takes no more when there is a reader
others() {
  local topic="$1" queue
  shift
  for queue in $(send GET "exchanges/%2F/$topic/bindings/source?columns=destination" '' | { grep -o '"destination":"[^"]*"' || true; } | cut -d '"' -f 4); do
    if [[ " $* " != *" $queue "* ]]; then
      if [ "$queue" = "$topic" ]; then
        must DELETE "bindings/%2F/e/$topic/q/$queue/~" ''
        echo "queue $queue takes no more, since $* reads the topic: what is in it is there until it expires"
      else
        echo "queue $queue takes in the topic $topic, and nothing that is declared reads it: delete it when nobody needs it" >&2
      fi
    fi
  done
}
`;

/**
 * Bash that brings exchanges, queues, policies and accounts about by the HTTP API. Running it again
 * changes nothing. The image has no program that speaks HTTP, but bash can open connections.
 */
export function provisioningScript({
  host,
  port,
  servers,
  queues,
  accounts,
}: ProvisioningOptions): string {
  const byTopic = [...Map.groupBy(queues, ({ topic }) => topic)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `set -euo pipefail
export LC_ALL=C
host="\${MANAGEMENT_HOST:-${host}}"
port="\${MANAGEMENT_PORT:-${port}}"
login=$(printf '%s' "\${BROKER_USERNAME:-guest}:\${BROKER_PASSWORD:-guest}" | base64 -w 0)
${FUNCTIONS}
until
  answer=$(send GET 'nodes?columns=running' '' 2>&1 || true)
  [ "$(echo "$answer" | { grep -o '"running":true' || true; } | wc -l)" -ge ${servers} ]
do
  echo "waiting for ${servers} servers behind $host:$port: \${answer##*$'\\r\\n\\r\\n'}"
  sleep 2
done

${[policy('delivery', '.*', 0), ...byTopic.flatMap(topicLines), '', ...accounts.flatMap(accountLines)].join('\n')}
echo "${byTopic.length} topics, ${queues.length} queues and ${accounts.length} accounts are as declared"
`;
}
