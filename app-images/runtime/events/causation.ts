import { createHash } from 'node:crypto';
import { type CloudEvent, eventDay } from './cloud-event.ts';

/** What an event follows from: an event, or a request. */
export interface Cause {
  readonly source: string;
  readonly id: string;
  /** When it happened, RFC 3339. Of two causes with one id and source on different days, both are meant. @default - the id alone */
  readonly time?: string;
  /** What all that follows from one beginning has in common. @default - the id: it is the beginning */
  readonly correlationid?: string;
  /** W3C trace context. @default - none */
  readonly traceparent?: string | undefined;
}

/** What tells events of one cause from each other. */
interface Effect {
  /** App that publishes it. */
  readonly appId: string;
  /** Type of the event. */
  readonly type: string;
  /** Its major version: an app may publish an event in two of them. */
  readonly major: number;
  /** Which of several events of the type it is. @default - the only one */
  readonly discriminator?: string | undefined;
}

/**
 * The id of an event that follows from a cause: the same however often the cause is processed, and
 * another for everything else.
 */
export function derivedId(cause: Cause, { appId, type, major, discriminator }: Effect): string {
  const day = cause.time === undefined ? null : eventDay(cause as CloudEvent);
  const parts = [appId, type, cause.source, cause.id, day, discriminator ?? null];
  if (major > 1) {
    parts.push(String(major));
  }
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** CloudEvents extensions that tell what an event follows from. */
export interface Causation {
  /** Id of the beginning of it all. */
  readonly correlationid: string;
  /** Id of what the event follows from directly. */
  readonly causationid: string;
}

/** What an event says of its cause. */
export function causationOf({ id, correlationid }: Cause): Causation {
  return { correlationid: correlationid ?? id, causationid: id };
}
