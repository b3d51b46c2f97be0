import { type Span, SpanKind } from '@opentelemetry/api';
import type { CloudEvent } from '../events/cloud-event.ts';
import { PublishError, type Outgoing } from './publisher.ts';
import {
  formatTraceparent,
  isSampled,
  NOT_SAMPLED,
  parseTraceparent,
} from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { markFailed } from '../telemetry/trace-context.ts';

/** Events to publish in one request. */
export interface SendRequest {
  readonly topic: string;
  readonly events: readonly Outgoing[];
  /** When they were read, in milliseconds since 1970. */
  readonly since: number;
}

/** An event that was not sampled where it came from: it is published as it is, without being read. */
const NOT_SAMPLED_EVENT = /^\{[^{]*"traceparent":"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][02468ace]"/;

/** The event with another trace context. What JSON.stringify wrote, it writes again, byte by byte. */
function withTraceparent(event: CloudEvent, span: Span): string {
  const traceparent = formatTraceparent(span.spanContext());
  const { data, ...attributes } = event;
  return JSON.stringify({ ...attributes, traceparent, traceid: traceparent, data });
}

/**
 * Publishes events, each that is sampled in a span of its own, which goes with the event instead of the
 * context that it came with. An event without a context begins a trace here.
 *
 * A sidecar makes its spans of a request in the trace of the request, not in those of the events. So
 * the request is in the trace of its event when there is one only, and in none when there are several.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export async function publishTraced(
  tracing: Tracing,
  { topic, events, since }: SendRequest,
  publish: (events: readonly Outgoing[], traceparent: string) => Promise<Set<string>>,
): Promise<Set<string>> {
  const spans = new Map<string, Span>();
  const outgoing = events.map((entry) => {
    if (NOT_SAMPLED_EVENT.test(entry.event)) {
      return entry;
    }
    const event = JSON.parse(entry.event) as CloudEvent;
    if (JSON.stringify(event) !== entry.event) {
      // Not written by `JSON.stringify`: writing it again could change it.
      return entry;
    }
    const parent = parseTraceparent(event.traceparent);
    const span = tracing.start(`send ${topic}`, {
      kind: SpanKind.PRODUCER,
      parent,
      startTime: since,
      attributes: {
        'messaging.system': tracing.options.system,
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': topic,
        'messaging.message.id': event.id,
        ...(events.length > 1 && { 'messaging.batch.message_count': events.length }),
      },
    });
    spans.set(entry.entryId, span);
    return { ...entry, event: withTraceparent(event, span) };
  });
  const only = events.length === 1 ? spans.get(events[0]!.entryId)?.spanContext() : undefined;
  const sampled = only !== undefined && isSampled(only);
  const end = (failureOf: (entryId: string) => unknown): void => {
    for (const [entryId, span] of spans) {
      const failure = failureOf(entryId);
      if (failure !== undefined) {
        markFailed(span, failure);
      }
      span.end();
    }
  };
  try {
    const failed = await publish(outgoing, sampled ? formatTraceparent(only) : NOT_SAMPLED);
    const refused = new PublishError('the broker did not accept the event');
    end((entryId) => (failed.has(entryId) ? refused : undefined));
    return failed;
  } catch (error) {
    end(() => error);
    throw error;
  }
}
