import type { k8s } from 'cdk8s-plus-27';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import { accountEnv, authorityFile } from '../external-kafka/external-clients.ts';
import { ExternalKafka } from '../external-kafka/external-kafka.ts';
import {
  type CertificateAuthority,
  SASL_MECHANISMS,
  type SaslMechanism,
} from '../external-kafka/external-login.ts';
import type { InspectionRights } from '../kafka/kafka-access.ts';
import type { KafkaCluster } from '../kafka/kafka-cluster.ts';

/** How the program logs in to Kafka. */
export interface KafkaUiLogin {
  /** Whether connections use TLS. */
  readonly tls: boolean;
  /** Login by name and password. @default - none */
  readonly sasl?: SaslMechanism | undefined;
  /** Its account. @default - none */
  readonly account?: SecretReference | undefined;
  /** Who signs the brokers' certificates. @default - an authority that systems know */
  readonly authority?: CertificateAuthority | undefined;
  /** Why Kafka would hand out messages that nobody has asked for. @default - it would not */
  readonly leak?: string | undefined;
}

/**
 * Gives a workload what it needs to look at a Kafka; undefined where it would log in as nobody else
 * here does.
 */
export function kafkaUiLogin(
  broker: KafkaCluster | ExternalKafka,
  workload: string,
  rights: InspectionRights,
): KafkaUiLogin | undefined {
  if (broker instanceof ExternalKafka) {
    const { login, account } = broker.inspectorLogin(workload);
    if (login.iam !== undefined) {
      return undefined;
    }
    return {
      tls: login.tls,
      sasl: login.sasl,
      account,
      authority: login.certificateAuthority,
      leak:
        login.sasl === undefined
          ? `'${login.service}' asks nobody who they are`
          : login.sharedSecret === undefined
            ? undefined
            : `all clients of '${login.service}' share one account`,
    };
  }
  const login = broker.grantInspect(workload, rights);
  return login === undefined
    ? { tls: false, leak: 'the broker asks nobody who they are' }
    : {
        tls: true,
        sasl: SASL_MECHANISMS.scramSha512,
        account: login.account,
        authority: login.authority,
      };
}

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
export function kafkaUiLoginParts(login: KafkaUiLogin): KafkaUiLoginParts {
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
