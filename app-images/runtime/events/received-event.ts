import { createHash } from 'node:crypto';
import { type CloudEvent, dayOf, eventTime, toCloudEvent } from './cloud-event.ts';
import type { EventReader } from './event-reader.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { redact } from '../sealing/redact.ts';
import type { OpenedData } from '../sealing/personal-data.ts';
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
  /** Personal data in it, which must not be logged. */
  readonly personal: readonly string[];
  /** Whose key has decrypted them. @default - nothing was encrypted */
  readonly subject?: string;
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
    personal: [],
  };
}

/** An event that was parsed; its data were not looked at. */
export interface ParsedEvent {
  readonly event: CloudEvent;
  readonly raw: Uint8Array;
  /** What is wrong with the characters in its data. @default - nothing */
  readonly unicodeProblem: string | undefined;
}

/** Parses an event that was delivered. Other content is returned as the quarantine has it. */
export function parseEvent(json: JsonPart): ParsedEvent | ReceivedEvent {
  try {
    const read = readJson(json);
    const event = toCloudEvent(read.value);
    return { event, raw: json.bytes, unicodeProblem: read.unicodeProblem(event.data, 'data') };
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return malformedEvent(json.bytes, error.message);
    }
    throw error;
  }
}

/** Whether an event has been read, or cannot be. */
export function isReceived(event: ParsedEvent | ReceivedEvent): event is ReceivedEvent {
  return 'problem' in event;
}

/** Reads the data of an event. The result has its problem, if any. @param opened its data, when they were sealed */
export function readEvent(
  { event, raw, unicodeProblem }: ParsedEvent,
  reader: EventReader,
  opened: OpenedData = { data: event.data },
): ReceivedEvent {
  const time = eventTime(event);
  const { data, key, causes } = reader({ ...event, data: opened.data });
  const all = [...(opened.problem === undefined ? causes : [opened.problem]), unicodeProblem];
  const known = all.filter((cause) => cause !== undefined);
  return {
    event: data === event.data ? event : { ...event, data },
    source: event.source,
    id: event.id,
    time,
    day: dayOf(time),
    key,
    problem:
      known.length > 0
        ? { reason: 'contract', cause: redact(known.join('; '), opened.personal) }
        : undefined,
    raw,
    personal: opened.personal ?? [],
    ...(opened.subject !== undefined && opened.decrypted && { subject: opened.subject }),
  };
}

/** Parses an event that was delivered, and reads its data. */
export function parseReceivedEvent(json: JsonPart, reader: EventReader): ReceivedEvent {
  const parsed = parseEvent(json);
  return isReceived(parsed) ? parsed : readEvent(parsed, reader);
}
