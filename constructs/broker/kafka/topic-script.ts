import type { TopicSpec } from '../message-broker.ts';

/** Shell that brings topics to their declared state. Running it again changes nothing. */
export function topicScript(bootstrapServers: string, topics: readonly TopicSpec[]): string {
  const lines = topics.map((topic) =>
    [
      'ensure_topic',
      topic.name,
      topic.partitions,
      topic.replicationFactor,
      `retention.ms=${topic.retention.toMilliseconds()},min.insync.replicas=${topic.minInSyncReplicas}`,
    ].join(' '),
  );
  return `set -euo pipefail
bin="\${KAFKA_HOME:-/opt/kafka}/bin"
bootstrap="\${BOOTSTRAP_SERVERS:-${bootstrapServers}}"

topics() { "$bin/kafka-topics.sh" --bootstrap-server "$bootstrap" "$@"; }
configs() { "$bin/kafka-configs.sh" --bootstrap-server "$bootstrap" "$@"; }

until topics --list >/dev/null 2>&1; do
  echo "waiting for $bootstrap"
  sleep 2
done

# name, partitions, replication factor, configs
ensure_topic() {
  topics --create --if-not-exists --topic "$1" --partitions "$2" --replication-factor "$3"
  present=$(topics --describe --topic "$1" | sed -n 's/.*PartitionCount: *\\([0-9]*\\).*/\\1/p' | head -n 1)
  # Partitions only ever grow: Kafka cannot take one away without losing its messages.
  if [ "$present" -lt "$2" ]; then
    topics --alter --topic "$1" --partitions "$2"
  elif [ "$present" -gt "$2" ]; then
    echo "topic $1 has $present partitions, more than the $2 declared: left as it is" >&2
  fi
  configs --alter --entity-type topics --entity-name "$1" --add-config "$4"
}

${lines.join('\n')}
echo "${topics.length} topics are as declared"
`;
}
