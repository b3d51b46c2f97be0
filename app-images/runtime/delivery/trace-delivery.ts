import { SpanKind, type SpanContext, SpanStatusCode } from '@opentelemetry/api';
import type { Outcome } from './batch-transaction.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import { sampledContext } from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { wallClock } from '../telemetry/wall-clock.ts';
import { markFailed } from '../telemetry/trace-context.ts';

/** Start and end, in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** An event of a delivery, for its trace. */
export interface TracedEvent {
  /** Undefined when the bytes are not an event. */
  readonly event: CloudEvent | undefined;
  /** Time of the transaction that committed its outcome; undefined when none did. */
  readonly commit: Interval | undefined;
}

/** A delivery that has been answered. */
export interface TracedDelivery {
  /** Topic that the events come from. */
  readonly topic: string;
  readonly events: readonly TracedEvent[];
  /** In the order of the events; undefined where the event must be delivered again. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Why the others were not processed. */
  readonly error: unknown;
  /** When it was received, in milliseconds since 1970. */
  readonly arrived: number;
  /** `traceparent` of the request. Of several events, a sidecar gives that of the last. @default - none */
  readonly traceparent?: unknown;
}

/** The sidecar's span of the delivery where the request tells it, else the span that sent the event. */
function parentOf(sent: SpanContext, delivering: SpanContext | undefined): SpanContext {
  return delivering?.traceId === sent.traceId ? delivering : sent;
}

/**
 * Makes the spans of a delivery, once it is over: of each event that is sampled one of its processing
 * and below it one of the transaction, in the event's own trace. Events of one transaction have the
 * same times.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function traceDelivery(tracing: Tracing, delivery: TracedDelivery): void {
  const { topic, events, outcomes, error, arrived } = delivery;
  const { system, appId } = tracing.options;
  const answered = wallClock();
  events.forEach(({ event, commit }, index) => {
    const sent = sampledContext(event?.traceparent);
    if (event === undefined || sent === undefined) {
      return;
    }
    const last = index === events.length - 1;
    const outcome = outcomes[index];
    const span = tracing.start(`process ${topic}`, {
      kind: SpanKind.CONSUMER,
      parent: parentOf(sent, last ? sampledContext(delivery.traceparent) : undefined),
      startTime: arrived,
      attributes: {
        'messaging.system': system,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': topic,
        'messaging.consumer.group.name': appId,
        'messaging.message.id': event.id,
        ...(events.length > 1 && { 'messaging.batch.message_count': events.length }),
        'event_platform.outcome': outcome ?? 'failed',
      },
    });
    if (outcome === undefined) {
      markFailed(span, error);
    } else if (outcome === 'quarantined') {
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'the event is in the quarantine' });
    }
    if (commit !== undefined) {
      tracing
        .start('commit', {
          kind: SpanKind.INTERNAL,
          parent: span.spanContext(),
          startTime: commit.from,
          attributes: { 'db.system.name': 'postgresql' },
        })
        .end(commit.to);
    }
    span.end(answered);
  });
}
