import type { TopicSpec } from '../../messaging/message-broker.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { startScript } from './start-script.ts';
import { topicSettings } from './topic-settings.ts';

/**
 * Shell that brings topics to their declared state. Running it again changes nothing.
 *
 * @param starts where consumer groups that are new start. @default - at the first event
 * @param login shell that writes a file for the tools to log in with, and sets `login` to its path.
 * @default - no login
 */
export function topicScript(
  bootstrapServers: string,
  topics: readonly TopicSpec[],
  login = 'login=/dev/null\n',
  starts: readonly GroupStart[] = [],
): string {
  const lines = topics.map((topic) =>
    [
      ...['ensure_topic', topic.name, topic.partitions, topic.replicationFactor],
      ...Object.entries(topicSettings(topic)).map(([name, value]) => `${name}=${value}`),
    ].join(' '),
  );
  return `set -euo pipefail
bin="\${KAFKA_HOME:-/opt/kafka}/bin"
bootstrap="\${BOOTSTRAP_SERVERS:-${bootstrapServers}}"
work=$(mktemp -d)
${login}
topics() { "$bin/kafka-topics.sh" --bootstrap-server "$bootstrap" --command-config "$login" "$@"; }
configs() { "$bin/kafka-configs.sh" --bootstrap-server "$bootstrap" --command-config "$login" "$@"; }

# One line for each topic that is there: its name and its partitions.
until present=$(topics --describe 2>/dev/null); do
  echo "waiting for $bootstrap"
  sleep 2
done
present=$(echo "$present" | sed -n 's/^Topic: *\\([^[:space:]]*\\).*PartitionCount: *\\([0-9]*\\).*/\\1 \\2/p')

# name, partitions, replication factor, configs …
ensure_topic() {
  local name="$1" partitions="$2" replicas="$3" found
  shift 3
  found=$(echo "$present" | awk -v name="$name" '$1 == name { print $2 }')
  if [ -z "$found" ]; then
    topics --create --if-not-exists --topic "$name" --partitions "$partitions" \\
      --replication-factor "$replicas" $(printf -- '--config %s ' "$@")
    return
  fi
  # Partitions only ever grow: Kafka cannot take one away without losing its messages.
  if [ "$found" -lt "$partitions" ]; then
    topics --alter --topic "$name" --partitions "$partitions"
  elif [ "$found" -gt "$partitions" ]; then
    echo "topic $name has $found partitions, more than the $partitions declared: left as it is" >&2
  fi
  configs --alter --entity-type topics --entity-name "$name" --add-config "$(IFS=,; echo "$*")"
}

${lines.join('\n')}
${startScript(starts)}echo "${topics.length} topics are as declared"
`;
}
