import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { KafkaLogin } from './kafka-login.ts';
import { authorityFile } from './login-parts.ts';

/**
 * Shell that has Kafka's tools log in, for `topicScript`; undefined when there is nothing to say. The
 * account is in {@link ACCOUNT_ENV}.
 */
export function toolLogin(
  login: Pick<KafkaLogin, 'tls' | 'sasl' | 'certificateAuthority'>,
): string | undefined {
  const { tls, sasl } = login;
  const file = authorityFile(login);
  if (!tls && sasl === undefined) {
    return undefined;
  }
  const protocol = `${sasl === undefined ? '' : 'SASL_'}${tls ? 'SSL' : 'PLAINTEXT'}`;
  const properties = [
    `security.protocol=${protocol}`,
    ...(file === undefined
      ? []
      : ['ssl.truststore.type=PEM', `ssl.truststore.location=\${CA_FILE:-${file.path}}`]),
    ...(sasl === undefined
      ? []
      : [
          `sasl.mechanism=${sasl.kafka}`,
          `sasl.jaas.config=${sasl.loginModule} required username="$(quoted "$${ACCOUNT_ENV.username}")" password="$(quoted "$${ACCOUNT_ENV.password}")";`,
        ]),
  ];
  return `login="$work/client.properties"
# Backslashes and quotes for the login module, then backslashes for the file.
quoted() { printf '%s' "$1" | sed -e 's/[\\\\"]/\\\\&/g' -e 's/\\\\/\\\\\\\\/g'; }
cat > "$login" <<END
${properties.join('\n')}
END
`;
}
