import type { k8s } from 'cdk8s-plus-27';
import { RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { type SecretReference, SecretValue } from '../security/secret-reference.ts';

/** Key that Dapr's injector expects in the Secret. */
const KEY = 'token';

/**
 * The Secret with the token that an app and its sidecar show each other. Both read it when they start.
 *
 * @see https://docs.dapr.io/operations/security/app-api-token/
 * @see https://docs.dapr.io/operations/security/api-token/
 */
export function sidecarToken(appId: string): SecretReference {
  return { name: `${appId}-sidecar-token`, keys: { [KEY]: SecretValue.random() } };
}

/** Environment variables with the token: the app expects it of its sidecar, and shows it to it. */
export function tokenEnv({ name }: SecretReference): k8s.EnvVar[] {
  return [RUNTIME_ENV.appApiToken, RUNTIME_ENV.daprApiToken].map((variable) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name, key: KEY } },
  }));
}
