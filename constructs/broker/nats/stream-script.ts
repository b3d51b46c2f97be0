import type { Size } from 'cdk8s';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { streamName } from './nats-names.ts';
import { consumerConfig, type DurableConsumer, streamConfig } from './stream-config.ts';

/** What {@link streamScript} brings about. */
export interface StreamScriptOptions {
  /** Address of the servers. */
  readonly url: string;
  readonly topics: readonly TopicSpec[];
  readonly consumers: readonly DurableConsumer[];
  /** Largest message. */
  readonly maxMessageSize: Size;
}

function quoted(value: Record<string, unknown>): string {
  return `'${JSON.stringify(value)}'`;
}

/**
 * Shell that brings streams and durable consumers to their declared state. Running it again changes
 * nothing. It speaks the API of the servers, which takes the whole configuration at once; nothing
 * that is not declared any more is removed.
 *
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference
 */
export function streamScript(options: StreamScriptOptions): string {
  const { topics, consumers, maxMessageSize } = options;
  const streams = topics.map(
    (topic) =>
      `ensure_stream ${streamName(topic.name)} ${quoted(streamConfig(topic, maxMessageSize))}`,
  );
  const durables = consumers.map((consumer) => {
    const stream = streamName(consumer.topic);
    const request = { stream_name: stream, config: consumerConfig(consumer) };
    return `ensure_consumer ${stream}.${consumer.appId}.${consumer.topic} ${quoted(request)}`;
  });
  return `set -eu
export NATS_URL="\${NATS_URL:-${options.url}}"

# What the server says to a request; nothing when it does not answer.
ask() { nats request --raw "\\$JS.API.$1" "$2" || true; }

# Asks until the server does it: a cluster that has just started has no leader yet.
persist() {
  tries=0
  while :; do
    reply=$(ask "$1" "$2")
    case "$reply" in
      *'"err_code":10058'*) return ;; # There, and configured otherwise.
      *'"error":'*) ;;
      *'"type":'*) return ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -ge 30 ]; then
      echo "$1 failed: \${reply:-no answer of $NATS_URL}" >&2
      exit 1
    fi
    sleep 2
  done
}

# name, configuration
ensure_stream() {
  persist "STREAM.CREATE.$1" "$2"
  case "$reply" in
    *'"err_code":10058'*)
      persist "STREAM.UPDATE.$1" "$2"
      echo "stream $1 is changed"
      ;;
  esac
}

# stream, durable and subject, configuration; changes it where it is there
ensure_consumer() { persist "CONSUMER.CREATE.$1" "$2"; }

persist INFO ''

${[...streams, ...durables].join('\n')}
echo "${topics.length} streams and ${consumers.length} consumers are as declared"
`;
}
