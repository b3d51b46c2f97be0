import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { characterProblem } from './json.ts';
import { isTimestamp, parseTimestamp } from '@cdk8s-event-platform/contracts/internal';

/**
 * An event in the envelope of CloudEvents 1.0, as JSON.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique within `source`. The same id again is the same event again. */
  readonly id: string;
  /** Who published the event. */
  readonly source: string;
  /** What has happened. */
  readonly type: string;
  /** When it happened, RFC 3339. The same for every try of publishing it: the inbox goes by its day. */
  readonly time: string;
  readonly datacontenttype?: string;
  /** Type and version of the contract, e.g. `urn:event-platform:com.example.order.placed:1.0.0`. */
  readonly dataschema?: string;
  /** W3C trace context of who published it. @see https://www.w3.org/TR/trace-context/ */
  readonly traceparent?: string;
  /** Id of the first event or request in the chain that led to it. */
  readonly correlationid?: string;
  /** Id of the event or request that it follows from. */
  readonly causationid?: string;
  /** App that waits for the answer to a command. */
  readonly replyto?: string;
  readonly data: Data;
}

/** Longest id, source and type, in bytes of UTF-8: the index of the inbox must hold them. */
const MAX_ATTRIBUTE_BYTES = 512;

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Why PostgreSQL could not store a text as it is; undefined when it can. */
export function textProblem(value: string, maxBytes: number): string | undefined {
  const problem = characterProblem(value);
  if (problem !== undefined) {
    return problem;
  }
  // Few texts need counting: a UTF-16 unit takes at most three bytes.
  const bytes = value.length * 3 <= maxBytes ? 0 : Buffer.byteLength(value);
  return bytes > maxBytes ? `has ${bytes} bytes, at most ${maxBytes} are accepted` : undefined;
}

/**
 * Checks that a value is an event with a valid identity.
 *
 * @throws InvalidEventError when it is not an event in the JSON format of CloudEvents 1.0.
 */
export function toCloudEvent(value: unknown): CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEventError('the event is not a JSON object');
  }
  const attributes = value as Record<string, unknown>;
  if (attributes.specversion !== '1.0') {
    throw new InvalidEventError('specversion is not 1.0');
  }
  for (const name of ['id', 'source', 'type']) {
    const text = attributes[name];
    if (typeof text !== 'string' || text === '') {
      throw new InvalidEventError(`${name} is not a text`);
    }
    const problem = textProblem(text, MAX_ATTRIBUTE_BYTES);
    if (problem !== undefined) {
      throw new InvalidEventError(`${name} ${problem}`);
    }
  }
  const { time } = attributes;
  if (typeof time !== 'string' || !isTimestamp(time)) {
    throw new InvalidEventError(
      'time is not a time of RFC 3339 in the years 0001 to 9999, with at most nine digits of a second',
    );
  }
  return value as CloudEvent;
}

/** When an event happened. */
export function eventTime({ time }: CloudEvent): Date {
  // `toCloudEvent` has checked the time.
  return parseTimestamp(time)!;
}

/** The day of a time, in UTC, e.g. `2026-11-21`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The day of an event's time. */
export function eventDay(event: CloudEvent): string {
  return dayOf(eventTime(event));
}

/** Trace context of an event; undefined when it is missing or not valid. */
export function traceparentOf({
  traceparent,
}: Pick<CloudEvent, 'traceparent'>): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** Trace id of an event, for logs; undefined without a trace context. */
export function traceId(event: Pick<CloudEvent, 'traceparent'>): string | undefined {
  return traceparentOf(event)?.split('-')[1];
}
