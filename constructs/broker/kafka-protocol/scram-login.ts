import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
  settingFromSecret,
} from '../../messaging/component-metadata.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';

/** User that KEDA logs in as; it only looks at offsets. */
export const KEDA_USER = 'keda';

/** Settings of the Dapr component for a Kafka that accepts anonymous clients. */
export const ANONYMOUS: readonly ComponentMetadata[] = [setting('authType', 'none')];

/** Settings of a KEDA trigger that logs in by SCRAM over TLS. */
export const SCALER_LOGIN = { sasl: 'scram_sha512', tls: 'enable' } as const;

/**
 * Settings of the Dapr component by which each sidecar logs in with the account of its app, by SCRAM over TLS.
 *
 * @param authority that signs the brokers' certificates.
 */
export function scramLogin(authority: {
  readonly secret: string;
  readonly key: string;
}): ComponentMetadata[] {
  return [
    setting('authType', 'password'),
    settingFromEnv('saslUsername', ACCOUNT_ENV.username),
    settingFromEnv('saslPassword', ACCOUNT_ENV.password),
    // Dapr takes any other spelling for PLAIN.
    setting('saslMechanism', 'SHA-512'),
    settingFromSecret('caCert', authority.secret, authority.key),
  ];
}
