import { randomUUID } from 'node:crypto';
import type { BrokerRecord, Headers } from '../broker/broker.ts';
import type { Envelope } from './cloud-event.ts';
import {
  contentOf,
  deadLetter,
  type DeliveryContext,
  type DeliverySignals,
  deliverRetried,
  isExpired,
  metadataOf,
  parseEvent,
  postDelivery,
} from './delivery.ts';
import type { AppAnswer } from './app-channel.ts';
import { childOf } from './trace.ts';

type Outcome = 'done' | 'drop' | 'retry';

/** What becomes of an event, by the app's answer. */
function outcomeOf(answer: AppAnswer | undefined): Outcome {
  if (answer === undefined || answer.status < 200 || answer.status > 299) {
    return answer?.status === 404 ? 'drop' : 'retry';
  }
  let status: unknown;
  try {
    ({ status } = JSON.parse(answer.body) as { status?: unknown });
  } catch {
    return 'done';
  }
  if (typeof status !== 'string' || status === '' || status === 'SUCCESS') {
    return 'done';
  }
  return status === 'DROP' ? 'drop' : 'retry';
}

/** Content that is not an event, as an event. */
function fromRawPayload(
  record: BrokerRecord,
  pubSub: string,
  { traceparent, tracestate }: Headers,
): Envelope {
  return {
    ...{ id: randomUUID(), specversion: '1.0', datacontenttype: 'application/octet-stream' },
    ...{ source: 'Dapr', type: 'com.dapr.event.sent' },
    ...{ topic: record.topic, pubsubname: pubSub },
    data_base64: contentOf(record).toString('base64'),
    ...(traceparent !== undefined && { traceparent, traceid: traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}

/** Headers of a request for metadata; those that HTTP does not take are left out. */
function headersOf(metadata: Headers): Headers {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([name, value]) => /^[\w.-]+$/.test(name) && /^[\t -~]*$/.test(value),
    ),
  );
}

/**
 * Delivers one event.
 *
 * @returns whether it is processed: acknowledged by the app, or in the dead-letter topic.
 * @see https://github.com/dapr/dapr/blob/v1.18.3/pkg/runtime/subscription/subscription.go
 */
export async function deliverSingle(
  context: DeliveryContext,
  record: BrokerRecord,
  signals: DeliverySignals,
): Promise<boolean> {
  const { subscription, pubSub, routes } = context;
  const metadata = { ...metadataOf(record), pubsubName: pubSub.name };
  const raw = subscription.metadata?.rawPayload === 'true';
  const event = raw ? fromRawPayload(record, pubSub.name, metadata) : parseEvent(record);
  if (event === undefined) {
    return deadLetter(context, [record], 'it is not a JSON object');
  }
  const path = isExpired(event) ? undefined : routes.pathOf(event);
  if (path === undefined) {
    await deadLetter(context, [record], 'it has expired, or no route matches');
    return true;
  }
  const body = raw ? Buffer.from(JSON.stringify(event)) : contentOf(record);
  const headers = { ...headersOf(metadata), traceparent: childOf(event.traceparent) };
  let outcome: Outcome = 'retry';
  await deliverRetried(context, signals, async () => {
    const request = { path, body, contentType: 'application/cloudevents+json', headers };
    outcome = outcomeOf(await postDelivery(context, request, signals.cut));
    return outcome !== 'retry';
  });
  // The callback has changed it, which the compiler does not see.
  switch (outcome as Outcome) {
    case 'done':
      return true;
    case 'drop':
      await deadLetter(context, [record], 'the app has dropped it');
      return true;
    case 'retry':
      return !signals.closing.aborted && deadLetter(context, [record], 'its tries are used up');
  }
}
