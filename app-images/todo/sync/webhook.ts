import { createHmac } from 'node:crypto';
import type { EffectRequest } from '@cdk8s-event-platform/runtime';
import type { WebhookTarget } from './manifest.ts';

/** Time that a service has to answer, in milliseconds. Shorter than the lease of a side effect. */
const ANSWER_TIMEOUT = 10_000;

/**
 * The signature of a message, by Standard Webhooks.
 *
 * @param secret key of the HMAC, Base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret, 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** Posts a signed message. Repetitions have the same `webhook-id`. @throws Error when it is not accepted. */
export async function post(
  { name, url }: WebhookTarget,
  secret: string,
  { payload, idempotencyKey, traceparent, signal }: EffectRequest<object>,
): Promise<void> {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': idempotencyKey,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureOf(secret, idempotencyKey, timestamp, body),
      ...(traceparent !== undefined && { traceparent }),
    },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`${name} answered ${response.status}`);
  }
}
