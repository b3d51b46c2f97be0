import type { GroupStart, StartPosition } from '../../messaging/topic-policies.ts';

/** Options of `kafka-consumer-groups.sh --reset-offsets` for a start. */
export function resetOptions(start: StartPosition): string {
  if (start instanceof Date) {
    return `--to-datetime ${start.toISOString()}`;
  }
  return start === 'now' ? '--to-latest' : '--to-earliest';
}

/** The command that sets where a group starts, for a person. */
export function resetCommand(
  bootstrapServers: string,
  { group, topic, start }: GroupStart,
): string {
  return `kafka-consumer-groups.sh --bootstrap-server ${bootstrapServers} --group ${group} --topic ${topic} --reset-offsets ${resetOptions(start)} --execute`;
}

/** Why only a person can set where a group starts, with the command; undefined where groups start there anyway. */
export function startByHand(
  reason: string,
  bootstrapServers: string,
  start: GroupStart,
): string | undefined {
  return start.start === 'beginning'
    ? undefined
    : `${reason}: leave startFrom out, and run this before the consumer first starts: ${resetCommand(bootstrapServers, start)}`;
}

/**
 * Shell that gives consumer groups their first offsets. Without any, sidecars begin at the oldest event. A group that has any in a topic is left as it is. It comes behind the topics of
 * `topicScript`, whose variables and functions it uses; empty where no group is declared to start elsewhere.
 */
export function startScript(starts: readonly GroupStart[]): string {
  const elsewhere = starts.filter(({ start }) => start !== 'beginning');
  return elsewhere.length === 0
    ? ''
    : `
# group, topic: whether the group has an offset in the topic; ends the script where nobody knows
has_offsets() {
  local said
  said=$(groups --describe --offsets --group "$1" 2>&1) || true
  case "$said" in
    *'does not exist'* | *GroupIdNotFound*) return 1 ;;
    *'no active members'* | *CURRENT-OFFSET*) ;;
    *)
      echo "offsets of group $1: $said" >&2
      exit 1
      ;;
  esac
  echo "$said" | awk -v topic="$2" '$2 == topic && $4 ~ /^[0-9]+$/ { found = 1 } END { exit !found }'
}

# group, topic, where …; once, before the group reads
start_group() {
  local group="$1" topic="$2" said
  shift 2
  if has_offsets "$group" "$topic"; then
    return
  fi
  said=$(groups --reset-offsets --group "$group" --topic "$topic" "$@" --execute 2>&1) || true
  if ! has_offsets "$group" "$topic"; then
    echo "group $group does not start in $topic as declared, which Kafka allows only without members: scale $group to zero, and run this again. Kafka said: $said" >&2
    exit 1
  fi
  echo "group $group starts in $topic at \${*#--to-}"
}

${elsewhere.map(({ group, topic, start }) => `start_group ${group} ${topic} ${resetOptions(start)}`).join('\n')}
`;
}
