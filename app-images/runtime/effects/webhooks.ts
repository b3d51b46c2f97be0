import { createHmac } from 'node:crypto';
import type { CloudEvent } from '../events/cloud-event.ts';
import {
  type EffectRequest,
  type EffectScheduling,
  type SideEffect,
  sideEffect,
} from './effects.ts';
import { webhookKey, type WebhookSettings, type WebhookTarget } from './webhook-settings.ts';

/** Time that a receiver has to answer, in milliseconds. Shorter than the lease of a side effect. */
const ANSWER_TIMEOUT = 10_000;

/**
 * The signature of a webhook, by Standard Webhooks, as `webhook-signature` has it. Receivers compare it with that of what
 * they got.
 *
 * @param secret key of the HMAC, Base64, with or without the prefix `whsec_`.
 * @param id `webhook-id` of the message. Repetitions have the same.
 * @param timestamp `webhook-timestamp`, in seconds since 1970.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(
  secret: string,
  id: string,
  timestamp: string,
  body: string,
): string {
  return `v1,${createHmac('sha256', webhookKey(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** What `fetch` throws where it has no answer: its own message may quote the URL, which is a secret. */
function notReached(name: string, error: unknown): unknown {
  if (!(error instanceof TypeError)) {
    return error;
  }
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return new Error(
    `${name} cannot be reached, or redirects${code === undefined ? '' : `: ${code}`}`,
  );
}

/** Posts a signed message. @throws Error when it is not accepted. */
async function post(
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
      'webhook-signature': webhookSignature(secret, idempotencyKey, timestamp, body),
      ...(traceparent !== undefined && { traceparent }),
    },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT)]),
  }).catch((error: unknown) => {
    throw notReached(name, error);
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`${name} answered ${response.status}`);
  }
}

/** Webhooks of an app. See {@link webhooks}. */
export interface Webhooks<Event extends CloudEvent> {
  /** One for each target, so that each is tried by itself: give them to the consumer, beside its handlers. */
  readonly effects: readonly SideEffect[];
  /** Schedules a message to each target for each event. It commits with the transaction. */
  readonly tell: (tx: EffectScheduling, events: readonly Event[]) => Promise<void>;
}

/**
 * Tells other systems of events, by signed webhooks (Standard Webhooks). A message is a side effect: it commits with the
 * event, and is tried until it is accepted. Repetitions have the same `webhook-id`.
 *
 * @param messageOf the JSON that a target gets.
 * @example
 * const { effects, tell } = webhooks(webhookSettings(), ({ id, type, time, data }) => ({ id, type, time, data }));
 * startConsumer(consumer(manifest, batch(RouteChanged, tell), ...effects));
 * @see https://www.standardwebhooks.com
 */
export function webhooks<Event extends CloudEvent, Format extends string>(
  { targets, secret }: WebhookSettings<Format>,
  messageOf: (event: Event, target: WebhookTarget<Format>) => object,
): Webhooks<Event> {
  const told = targets.map((target) => ({
    target,
    effect: sideEffect<object>(target.name, (request) => post(target, secret, request)),
  }));
  return {
    effects: told.map(({ effect }) => effect),
    tell: async (tx, events) => {
      for (const { target, effect } of told) {
        await tx.schedule(
          effect,
          events.map((event) => ({ event, payload: messageOf(event, target) })),
        );
      }
    },
  };
}
