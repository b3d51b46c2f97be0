import type { TopicSpec } from '../../messaging/message-broker.ts';
import type { GroupStart } from '../../messaging/topic-policies.ts';
import { startScript } from './start-script.ts';
import { topicSettings } from './topic-settings.ts';

/** Shell that has an ordered topic grow only when nothing is on its way. */
const DRAINED = `# name, earliest or latest: a line for each partition, with the topic and its offset
offsets() {
  "$bin/kafka-get-offsets.sh" --bootstrap-server "$bootstrap" --command-config "$login" \\
    --topic "\${1//./\\\\.}" --time "$2" | awk -F: -v name="$1" '$1 == name' | sort
}

# name, partitions, partitions declared, groups declared: whether no event is unprocessed, and none is published
is_drained() {
  local name="$1" found="$2" partitions="$3" declared="$4" first ends said reasons
  # Errors end the script, also where it is asked whether this holds.
  first=$(offsets "$name" earliest) || exit 1
  ends=$(offsets "$name" latest) || exit 1
  if [ "$(echo "$ends" | wc -l)" -ne "$found" ]; then
    echo "topic $name has $found partitions, and offsets of these: \${ends:-none}: let the account of this Job describe the topic" >&2
    exit 1
  fi
  said=$(groups --describe --offsets --all-groups 2>&1) || {
    echo "offsets of the groups of topic $name: $said" >&2
    exit 1
  }
  # What a group has not read begins where it goes on, or at the first event that is still kept. Kafka has no line for a
  # partition of which the group has no offset, and none for a group that has never connected.
  reasons=$(echo "$said" | awk -v name="$name" -v declared="$declared" \\
    -v first="$(echo "$first" | tr '\\n' ' ')" -v ends="$(echo "$ends" | tr '\\n' ' ')" '
    function read_by(group) { if (!(group in known)) { known[group] = 1; readers[++count] = group } }
    BEGIN {
      lines = split(first, line, " ")
      for (i = 1; i <= lines; i++) { split(line[i], part, ":"); from[part[2]] = part[3] }
      lines = split(ends, line, " ")
      for (i = 1; i <= lines; i++) { split(line[i], part, ":"); end[part[2]] = part[3] }
      lines = split(declared, line, " ")
      for (i = 1; i <= lines; i++) read_by(line[i])
    }
    $2 == name && $3 ~ /^[0-9]+$/ {
      read_by($1)
      if ($4 ~ /^[0-9]+$/) offset[$1 " " $3] = $4
    }
    END {
      for (i = 1; i <= count; i++) {
        behind = 0
        for (partition in end) {
          next_offset = from[partition] + 0
          at = readers[i] " " partition
          if (at in offset && offset[at] + 0 > next_offset) next_offset = offset[at] + 0
          if (end[partition] + 0 > next_offset) behind += end[partition] - next_offset
        }
        if (behind > 0) printf "group %s has %d unprocessed events; ", readers[i], behind
      }
    }')
  sleep "\${DRAIN_SECONDS:-5}"
  if [ "$(offsets "$name" latest)" != "$ends" ]; then
    reasons="\${reasons}events are still published; "
  fi
  if [ -n "$reasons" ]; then
    refuse "topic $name has $found partitions and shall have $partitions, which moves keys to other partitions while their order is needed: \${reasons}scale its producers to 0, wait until every group has 0 unprocessed events, delete this Job and apply it again. A group that is used no more can be deleted"
    return 1
  fi
}

# groups declared, and then as ensure_topic, without the loss of an order
ensure_ordered_topic() {
  local declared="$1" name="$2" partitions="$3" found
  shift 3
  found=$(echo "$present" | awk -v name="$name" '$1 == name { print $2 }')
  if [ -n "$found" ] && [ "$found" -lt "$partitions" ]; then
    is_drained "$name" "$found" "$partitions" "$declared" || partitions="$found"
  fi
  ensure_topic "$name" "$partitions" "$@"
}

`;

/**
 * Consumer groups that have events of a topic to process, be they connected yet or not. One that starts now has none
 * before it has an offset.
 */
function readersOf(topic: string, starts: readonly GroupStart[]): string {
  return starts
    .filter((start) => start.topic === topic && start.start !== 'now')
    .map(({ group }) => group)
    .toSorted()
    .join(' ');
}

/**
 * Shell that brings topics to their declared state. Running it again changes nothing.
 *
 * @param starts the consumer groups, and where each starts when it is new. @default - none is declared
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
      ...(topic.ordered === true
        ? ['ensure_ordered_topic', `'${readersOf(topic.name, starts)}'`]
        : ['ensure_topic']),
      ...[topic.name, topic.partitions, topic.replicationFactor],
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
groups() { "$bin/kafka-consumer-groups.sh" --bootstrap-server "$bootstrap" --command-config "$login" "$@"; }

# What is refused is said last, when all else is as declared.
refused=
refuse() { refused="$refused$1
"; }
trap '[ -z "$refused" ] || { printf %s "$refused" >&2; exit 1; }' EXIT

# One line for each topic that is there: its name, its partitions, and its configs as ;name=value;name=value;
until present=$(topics --describe 2>/dev/null); do
  echo "waiting for $bootstrap"
  sleep 2
done
present=$(echo "$present" | sed -n 's/^Topic: *\\([^[:space:]]*\\).*PartitionCount: *\\([0-9]*\\)/\\1 \\2 /p' |
  sed 's/^\\([^ ]* [0-9]*\\) .*Configs: *\\(.*\\)$/\\1 ;\\2;/; s/,\\([a-z][a-z.]*=\\)/;\\1/g')

# name, configs …: whether they hold for a topic, by itself or by the broker. Each call of a tool takes a second or more: what is as declared
# is left alone.
has_configs() {
  local found config
  found=$(echo "$present" | awk -v name="$1" '$1 == name { print $3 }')
  shift
  for config in "$@"; do
    case "$found" in *";$config;"*) ;; *) return 1 ;; esac
  done
}

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
    refuse "topic $name has $found partitions and $partitions are declared: Kafka removes no partition, since its events would be lost, and nothing was changed: declare at least $found partitions, or a topic of another name"
  fi
  has_configs "$name" "$@" ||
    configs --alter --entity-type topics --entity-name "$name" --add-config "$(IFS=,; echo "$*")"
}

${topics.some(({ ordered }) => ordered === true) ? DRAINED : ''}${lines.join('\n')}
${startScript(starts)}[ -n "$refused" ] || echo "${topics.length} topics are as declared"
`;
}
