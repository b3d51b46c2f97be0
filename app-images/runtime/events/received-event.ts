import { createHash } from 'node:crypto';
import { type CloudEvent, dayOf, eventTime, toCloudEvent } from './cloud-event.ts';
import type { EventReader } from './event-reader.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { type JsonPart, readJson } from './json.ts';

/** An event that was received, with its identity, key and problem. */
export interface ReceivedEvent {
  /** The event; undefined when the bytes are not a valid event. */
  readonly event: CloudEvent | undefined;
  /** Identity of the event, together with its id and day. */
  readonly source: string;
  readonly id: string;
  /** When it happened; undefined when it is not an event. */
  readonly time: Date | undefined;
  /** Day of its time, in UTC; undefined when it is not an event. */
  readonly day: string | undefined;
  /** Value of the contract's key; undefined when it has none. */
  readonly key: string | undefined;
  /** Why it can never be processed, and of which kind that reason is. */
  readonly problem:
    { readonly reason: 'malformed' | 'contract'; readonly cause: string } | undefined;
  /** The event as it was received, byte by byte. */
  readonly raw: Uint8Array;
}

/** One string for day, source and id, which contain no NUL: events with the same string are the same event. */
export function deduplicationKey({
  source,
  id,
  day,
}: Pick<ReceivedEvent, 'source' | 'id' | 'day'>): string {
  return `${day ?? ''}\u0000${source}\u0000${id}`;
}

/** Bytes that are not an event, identified by their hash: they are stored once, however often they are delivered. */
export function malformedEvent(raw: Uint8Array, cause: string): ReceivedEvent {
  return {
    event: undefined,
    source: '',
    id: createHash('sha256').update(raw).digest('hex'),
    time: undefined,
    day: undefined,
    key: undefined,
    problem: { reason: 'malformed', cause },
    raw,
  };
}

/** Parses an event that was delivered, and reads its data. The result has its problem, if any. */
export function parseReceivedEvent(json: JsonPart, reader: EventReader): ReceivedEvent {
  let event: CloudEvent;
  let unicodeProblem: string | undefined;
  try {
    const read = readJson(json);
    event = toCloudEvent(read.value);
    unicodeProblem = read.unicodeProblem(event.data, 'data');
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return malformedEvent(json.bytes, error.message);
    }
    throw error;
  }
  const time = eventTime(event);
  const { data, key, causes } = reader(event);
  const all = unicodeProblem === undefined ? causes : [...causes, unicodeProblem];
  return {
    event: data === event.data ? event : { ...event, data },
    source: event.source,
    id: event.id,
    time,
    day: dayOf(time),
    key,
    problem: all.length > 0 ? { reason: 'contract', cause: all.join('; ') } : undefined,
    raw: json.bytes,
  };
}
