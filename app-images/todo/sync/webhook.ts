import { createHmac } from 'node:crypto';
import type { EffectRequest } from '@cdk8s-event-platform/runtime';

/** A service that is told of tasks. */
export interface WebhookTarget {
  /** Name of the service, e.g. `slack`. */
  readonly name: string;
  /** URL that takes the messages. */
  readonly url: string;
  /** What a message looks like. @default - `json`: type, id, time and data of the event */
  readonly format?: 'slack' | 'jira' | 'json';
}

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
