import { KEY_STORE, TLS_PATH, TRUST_STORE } from './kafka-certificates.ts';
import { KAFKA_PORTS } from './server-properties.ts';

/** Where pods of brokers have the script. */
export const ADMIN_SCRIPT = 'admin.sh';

/**
 * A script for people in a broker's pod, which runs one of Kafka's tools with the login of the servers:
 * `bash /etc/kafka/admin.sh kafka-topics --list`.
 */
export function adminScript(headlessHost: string, secured: boolean): string {
  const port = secured ? KAFKA_PORTS.internal : KAFKA_PORTS.client;
  const login = secured
    ? `config=$(mktemp)
trap 'rm -f "$config"' EXIT
cat > "$config" <<'SETTINGS'
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=${TLS_PATH}/${KEY_STORE}
ssl.truststore.type=PEM
ssl.truststore.location=${TLS_PATH}/${TRUST_STORE}
SETTINGS
login=(--command-config "$config")`
    : 'login=()';
  return `#!/bin/bash
set -euo pipefail
tool=\${1:?use: admin.sh TOOL [ARGUMENT ...], such as admin.sh kafka-topics --list}
shift
# Neither the agent nor the heap of the server.
export KAFKA_OPTS= KAFKA_HEAP_OPTS=-Xmx128m
${login}
/opt/kafka/bin/"$tool".sh --bootstrap-server "$POD_NAME.${headlessHost}:${port}" "\${login[@]}" "$@"
`;
}
