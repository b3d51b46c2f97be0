import { accountEnv, authorityFile } from '../kafka-protocol/login-parts.ts';
import type { k8s } from 'cdk8s-plus-27';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { KafkaInspectorLogin } from '../kafka-protocol/kafka-inspection.ts';

/** Environment, volumes and mounts of a container that logs in. */
export interface KafkaUiLoginParts {
  readonly env: k8s.EnvVar[];
  readonly volumes: k8s.Volume[];
  readonly mounts: k8s.VolumeMount[];
}

/**
 * Settings of Kafka's own client as the program takes them: `KAFKA_CLUSTERS_0_PROPERTIES_` and the
 * property's name. The password comes from its Secret; Kubernetes puts it where `$(…)` stands.
 *
 * @see https://ui.docs.kafbat.io/configuration/authentication/for-kafka/sasl_scram
 */
export function kafkaUiLoginParts(login: KafkaInspectorLogin): KafkaUiLoginParts {
  const { tls, sasl, authority } = login;
  const property = (name: string, value: string): k8s.EnvVar => ({
    name: `KAFKA_CLUSTERS_0_PROPERTIES_${name}`,
    value,
  });
  const file = authorityFile(authority === undefined ? {} : { certificateAuthority: authority });
  return {
    env: [
      // Kafka's own default is left unsaid, as the program's manual asks.
      ...(tls || sasl !== undefined
        ? [
            property(
              'SECURITY_PROTOCOL',
              `${sasl === undefined ? '' : 'SASL_'}${tls ? 'SSL' : 'PLAINTEXT'}`,
            ),
          ]
        : []),
      ...(sasl === undefined
        ? []
        : [
            ...accountEnv(login.account),
            property('SASL_MECHANISM', sasl.kafka),
            property(
              'SASL_JAAS_CONFIG',
              `${sasl.loginModule} required username="$(${ACCOUNT_ENV.username})" password="$(${ACCOUNT_ENV.password})";`,
            ),
          ]),
      ...(file === undefined
        ? []
        : [property('SSL_TRUSTSTORE_TYPE', 'PEM'), property('SSL_TRUSTSTORE_LOCATION', file.path)]),
    ],
    volumes: file?.volumes ?? [],
    mounts: file?.mounts ?? [],
  };
}
