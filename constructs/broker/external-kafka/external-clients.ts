import { authorityFile, authorityKey } from '../kafka-protocol/login-parts.ts';
import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
  settingFromSecret,
} from '../../messaging/component-metadata.ts';
import {
  type TriggerAuthenticationSpec,
  TriggerAuthenticationSpecPodIdentityProvider,
} from '../../imports/keda.sh.ts';
import type { NetworkPeer } from '../../security/network-policies.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { KafkaLogin } from '../kafka-protocol/kafka-login.ts';

/** The services that AWS identities come from: STS, and the agent of EKS on each node, over IPv4 and IPv6. */
export const AWS_IDENTITY: readonly NetworkPeer[] = [
  { ports: [443] },
  ...['169.254.170.23/32', 'fd00:ec2::23/128'].map((cidr): NetworkPeer => ({
    peer: { ipBlock: { cidr } },
    ports: [80],
  })),
];

/** Settings of the Dapr component that have sidecars log in. */
export function daprLogin(login: KafkaLogin): ComponentMetadata[] {
  const { tls, sasl, iam, certificateAuthority, sharedSecret, username } = login;
  const authority =
    certificateAuthority === undefined
      ? []
      : [
          settingFromSecret(
            'caCert',
            certificateAuthority.secret,
            authorityKey(certificateAuthority),
          ),
        ];
  if (iam !== undefined) {
    return [
      setting('authType', 'awsiam'),
      setting('region', iam.region),
      ...(iam.roleArn === undefined ? [] : [setting('assumeRoleArn', iam.roleArn)]),
    ];
  }
  if (sasl === undefined) {
    // "none" turns TLS off, whatever else is set.
    return [setting('authType', tls ? 'certificate' : 'none'), ...authority];
  }
  const ofAccount = (name: string, key: 'username' | 'password') =>
    sharedSecret === undefined
      ? settingFromEnv(name, ACCOUNT_ENV[key])
      : settingFromSecret(name, sharedSecret, key);
  return [
    setting('authType', 'password'),
    username === undefined
      ? ofAccount('saslUsername', 'username')
      : setting('saslUsername', username),
    ofAccount('saslPassword', 'password'),
    // Dapr takes PLAIN when nothing is said.
    ...(sasl.dapr === undefined ? [] : [setting('saslMechanism', sasl.dapr)]),
    ...(tls ? [] : [setting('disableTls', true)]),
    ...authority,
  ];
}

/** Settings of a KEDA trigger that go with {@link kedaAuthentication}. */
export function kedaLogin({ tls, sasl, iam }: KafkaLogin): Record<string, string> {
  return {
    ...(tls && { tls: 'enable' }),
    ...(sasl && { sasl: sasl.keda }),
    ...(iam && {
      sasl: 'oauthbearer',
      saslTokenProvider: 'aws_msk_iam',
      awsRegion: iam.region,
    }),
  };
}

/** What a TriggerAuthentication has to say; undefined when KEDA needs none. */
export function kedaAuthentication(
  login: KafkaLogin,
  account: SecretReference | undefined,
): TriggerAuthenticationSpec | undefined {
  const { iam, certificateAuthority } = login;
  if (iam !== undefined) {
    return {
      podIdentity: {
        provider: TriggerAuthenticationSpecPodIdentityProvider.AWS,
        ...(iam.roleArn !== undefined && { roleArn: iam.roleArn }),
      },
    };
  }
  const secretTargetRef = [
    ...(account === undefined
      ? []
      : ['username', 'password'].map((key) => ({ parameter: key, name: account.name, key }))),
    ...(certificateAuthority === undefined
      ? []
      : [
          {
            parameter: 'ca',
            name: certificateAuthority.secret,
            key: authorityKey(certificateAuthority),
          },
        ]),
  ];
  return secretTargetRef.length === 0 ? undefined : { secretTargetRef };
}

/** Arguments of the exporter; its account is in {@link ACCOUNT_ENV}. */
export function exporterLogin(login: KafkaLogin): string[] {
  const { tls, sasl, iam } = login;
  const file = authorityFile(login);
  return [
    ...(sasl
      ? [
          '--sasl.enabled',
          `--sasl.mechanism=${sasl.exporter}`,
          `--sasl.username=$(${ACCOUNT_ENV.username})`,
        ]
      : []),
    ...(iam
      ? ['--sasl.enabled', '--sasl.mechanism=awsiam', `--sasl.aws-region=${iam.region}`]
      : []),
    ...(tls ? ['--tls.enabled'] : []),
    ...(file ? [`--tls.ca-file=${file.path}`] : []),
  ];
}
