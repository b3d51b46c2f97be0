import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { WEBHOOKS_ENV } from '@cdk8s-event-platform/contracts/interface';
import {
  type DaprPubSub,
  type DeadLetterProcessor,
  type EventPlatform,
  IdempotentConsumer,
  type PostgresDatabase,
  type SecretReference,
  SecretValue,
} from '../constructs/index.ts';

/** Systems that are told by webhooks. */
export interface WebhookOptions {
  /** JSON array of the systems. Their URLs are secrets: who knows them can post. */
  readonly targets: SecretValue;
  /** TCP ports of the systems. @default - 443 */
  readonly ports?: readonly number[];
}

/** Adds an app that tells other systems by signed webhooks. @param secretName the Secret with URLs and key. */
export function addWebhookApp(
  platform: EventPlatform,
  secretName: string,
  app: {
    readonly manifest: AppManifest;
    readonly pubSub: DaprPubSub;
    readonly database: PostgresDatabase;
    readonly deadLetters: DeadLetterProcessor;
  },
  webhooks: WebhookOptions | undefined,
): IdempotentConsumer {
  const secret: SecretReference = {
    name: secretName,
    keys: {
      targets: webhooks?.targets ?? SecretValue.literal('[]'),
      // What messages are signed with.
      key: SecretValue.random(),
    },
  };
  platform.addSecret(secret);
  const fromSecret = (name: string, key: string) => ({
    ...{ name, valueFrom: { secretKeyRef: { name: secretName, key } } },
  });
  return new IdempotentConsumer(platform, app.manifest.appId, {
    ...app,
    env: [fromSecret(WEBHOOKS_ENV.targets, 'targets'), fromSecret(WEBHOOKS_ENV.secret, 'key')],
    ...(webhooks && { egress: [{ ports: [...(webhooks.ports ?? [443])] }] }),
  });
}
