import { Size } from 'cdk8s';
import type { Toolbox } from '../../messaging/toolbox.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import { KAFKA_USER } from './kafka-image.ts';
import type { KafkaInspectorLogin } from './kafka-inspection.ts';
import { kafkaReader, readGroups, readTopics } from './kafka-toolbox-output.ts';
import { accountEnv, authorityFile } from './login-parts.ts';
import { toolLogin } from './tool-login.ts';
import { TOOLBOX_COMMANDS } from '../parts/toolbox-script.ts';

/** What {@link kafkaToolbox} depends on. */
export interface KafkaToolboxOptions {
  /** Image with Kafka's tools in `/opt/kafka/bin`. */
  readonly image: string;
  readonly bootstrapServers: string;
  readonly peer: NetworkPeer;
  readonly login: KafkaInspectorLogin;
  /** What the groups of the platform begin with; empty where it is nothing. */
  readonly groupPrefix: string;
  /** What the groups of readers begin with. */
  readonly account: string;
}

/** Calls of the tool for offsets. */
const OFFSETS = `# beginning, now or milliseconds since 1970: as the tool for offsets takes it
at() {
  case "$1" in
    beginning) echo earliest ;;
    now) echo latest ;;
    *) echo "$1" ;;
  esac
}

# label, options: one line for each partition, with its topic and offset
offsets() {
  local label="$1"
  shift
  tool get-offsets --exclude-internal-topics "$@" |
    sed -n "s/^\\(.*\\):\\([0-9]*\\):\\([0-9]*\\)$/$label \\1 \\2 \\3/p"
}

`;

/** Offsets of every topic, at its ends and at some times. */
const LIST_TOPICS = `list_topics() {
  local now hours
  now=$(date +%s)
  offsets begin --time earliest
  offsets end --time latest
  # The last message is behind the first of these times at which offsets end.
  for hours in 168 24 1; do
    offsets "since-$(((now - hours * 3600) * 1000))" --time "$(((now - hours * 3600) * 1000))"
  done
}

`;

/**
 * Bash that calls Kafka's tools. Keys and values come as Kafka prints bytes: printable ASCII, and `\xHH` for the rest.
 *
 * A reader gets what was there at the time and a little before: a consumer knows a duration only, and starts some seconds
 * after it was calculated.
 */
export function kafkaToolboxScript({
  bootstrapServers,
  login,
  groupPrefix,
  account,
}: Pick<KafkaToolboxOptions, 'bootstrapServers' | 'login' | 'groupPrefix' | 'account'>): string {
  const { tls, sasl, authority } = login;
  const loginScript = toolLogin({
    tls,
    ...(sasl && { sasl }),
    ...(authority && { certificateAuthority: authority }),
  });
  return `set -euo pipefail
bin="\${KAFKA_HOME:-/opt/kafka}/bin"
bootstrap="\${BOOTSTRAP_SERVERS:-${bootstrapServers}}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${loginScript ?? 'login=/dev/null\n'}
tool() {
  local name="$1"
  shift
  "$bin/kafka-$name.sh" --bootstrap-server "$bootstrap" --command-config "$login" "$@"
}

${OFFSETS}# topic, from, follow
read_topic() {
  local reset options=()
  offsets begin --topic "$1" --time "$(at "$2")"
  offsets end --topic "$1" --time latest
  case "$2" in
    beginning) reset=earliest ;;
    now) reset=latest ;;
    *) reset="by_duration:PT$(($(date +%s) - $2 / 1000 + 120))S" ;;
  esac
  {
    cat "$login"
    echo "auto.offset.reset=$reset"
    # Nothing stays of a group that has no offsets.
    echo 'enable.auto.commit=false'
  } > "$work/consumer.properties"
  [ "$3" = follow ] || options=(--timeout-ms 10000)
  exec "$bin/kafka-console-consumer.sh" --bootstrap-server "$bootstrap" --topic "$1" \\
    --consumer.config "$work/consumer.properties" --group "${groupPrefix}${account}.$$.$RANDOM" \\
    --property print.timestamp=true --property print.partition=true --property print.offset=true \\
    --property print.key=true --property 'null.literal=\\N' \\
    --property key.deserializer=org.apache.kafka.common.serialization.BytesDeserializer \\
    --property value.deserializer=org.apache.kafka.common.serialization.BytesDeserializer \\
    "\${options[@]}"
}

${LIST_TOPICS}list_groups() { tool consumer-groups --describe --all-groups --offsets 2> /dev/null; }

# group, topic, from
reset_group() {
  local said where
  case "$3" in
    beginning) where=(--to-earliest) ;;
    now) where=(--to-latest) ;;
    *) where=(--to-datetime "$(date -u -d "@$(($3 / 1000))" +%Y-%m-%dT%H:%M:%S).$(printf %03d "$(($3 % 1000))")Z") ;;
  esac
  said=$(tool consumer-groups --reset-offsets --group "${groupPrefix}$1" --topic "$2" "\${where[@]}" --execute 2>&1) || true
  case "$said" in
    *NEW-OFFSET*) echo "$said" ;;
    *)
      echo "$said" >&2
      exit 1
      ;;
  esac
}
${TOOLBOX_COMMANDS}`;
}

/** Kafka's own command line. */
export function kafkaToolbox(options: KafkaToolboxOptions): Toolbox {
  const { image, peer, login, groupPrefix, account } = options;
  const file = authorityFile(login.authority ? { certificateAuthority: login.authority } : {});
  return {
    image,
    user: KAFKA_USER,
    shell: '/bin/bash',
    env: [
      { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m' },
      {
        name: 'KAFKA_JVM_PERFORMANCE_OPTS',
        value: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto',
      },
      { name: 'LOG_DIR', value: '/tmp' },
      ...accountEnv(login.account),
    ],
    memory: { request: Size.mebibytes(64), limit: Size.mebibytes(512) },
    peer,
    ...(file && { volumes: file.volumes, mounts: file.mounts }),
    script: () => kafkaToolboxScript(options),
    reader: kafkaReader,
    topics: readTopics,
    groups: (said) => readGroups(said, groupPrefix, account),
  };
}
