/**
 * Shell that runs the command of a toolbox: a function of the script for each. What reads a topic ends with standard
 * input, since `kubectl exec` leaves what it has started behind when it is interrupted.
 */
export const TOOLBOX_COMMANDS = `
# Runs a command until it ends, or standard input does.
while_wanted() {
  exec 3<&0
  "$@" &
  child=$!
  (
    cat <&3
    kill "$child"
  ) >/dev/null 2>&1 &
  watcher=$!
  status=0
  wait "$child" || status=$?
  kill "$watcher" 2>/dev/null || true
  # 143: it was told to end.
  [ "$status" = 143 ] || return "$status"
}

command="\${1:?use: read TOPIC FROM FOLLOW, topics, groups, or reset GROUP TOPIC FROM}"
shift
case "$command" in
  read) while_wanted read_topic "$@" ;;
  topics) list_topics ;;
  groups) list_groups ;;
  reset) reset_group "$@" ;;
  *)
    echo "no command '$command'" >&2
    exit 2
    ;;
esac
`;

/** Milliseconds since 1970 as a time. */
export function timeOf(milliseconds: number): string | undefined {
  // Kafka has -1 for a message without a time.
  return milliseconds < 0 ? undefined : new Date(milliseconds).toISOString();
}
