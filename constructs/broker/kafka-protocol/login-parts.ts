import type { k8s } from 'cdk8s-plus-27';
import type { SecretReference } from '../../security/secret-reference.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { CertificateAuthority, KafkaLogin } from './kafka-login.ts';

/** Key of an authority's certificate in its Secret. */
export function authorityKey({ key }: CertificateAuthority): string {
  return key ?? 'ca.crt';
}

/** What a pod needs to have an authority's certificate as a file. */
export interface AuthorityFile {
  readonly volumes: k8s.Volume[];
  readonly mounts: k8s.VolumeMount[];
  readonly path: string;
}

/** Mounts the certificate of an authority; undefined when systems know it anyway. */
export function authorityFile({
  certificateAuthority,
}: Pick<KafkaLogin, 'certificateAuthority'>): AuthorityFile | undefined {
  if (certificateAuthority === undefined) {
    return undefined;
  }
  const key = authorityKey(certificateAuthority);
  return {
    volumes: [
      {
        name: 'authority',
        secret: { secretName: certificateAuthority.secret, items: [{ key, path: 'ca.crt' }] },
      },
    ],
    mounts: [{ name: 'authority', mountPath: '/etc/kafka-authority', readOnly: true }],
    path: '/etc/kafka-authority/ca.crt',
  };
}

/** Environment variables with the account of a program of ours. */
export function accountEnv(account: SecretReference | undefined): k8s.EnvVar[] {
  return account === undefined
    ? []
    : (['username', 'password'] as const).map((key) => ({
        name: ACCOUNT_ENV[key],
        valueFrom: { secretKeyRef: { name: account.name, key } },
      }));
}
