import { createHash } from 'node:crypto';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { MAX_KEY_BYTES } from '@cdk8s-event-platform/contracts/internal';
import { type CloudEvent, dayOf, eventTime, textProblem, toCloudEvent } from './cloud-event.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { type JsonPart, readJson } from './json.ts';
import type { SchemaCheck } from './schema-check.ts';

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

function keyOf(event: CloudEvent, contract: Pick<EventContract, 'key'>): string | undefined {
  const { data } = event;
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, contract.key)) {
    return undefined;
  }
  const value = (data as Record<string, unknown>)[contract.key];
  if (typeof value !== 'string' && typeof value !== 'number') {
    return undefined;
  }
  const key = String(value);
  return textProblem(key, MAX_KEY_BYTES) === undefined ? key : undefined;
}

/** Contract and check of an event. */
export interface EventRoute {
  readonly contract: Pick<EventContract, 'type' | 'key'>;
  readonly check: SchemaCheck;
}

/** Why an event does not match its contract; empty when it does. */
function contractCauses(
  event: CloudEvent,
  { contract, check }: EventRoute,
  unicodeProblem: string | undefined,
): string[] {
  if (event.type !== contract.type) {
    return [`the type ${event.type} is not declared for this topic`];
  }
  const causes = check(event.data);
  return unicodeProblem === undefined ? causes : [...causes, unicodeProblem];
}

/**
 * Parses and checks an event that was delivered to the route of a contract. The result has its problem, if any.
 *
 * @param routeOf returns the route of a type.
 */
export function parseReceivedEvent(
  json: JsonPart,
  routeOf: (type: string) => EventRoute,
): ReceivedEvent {
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
  const route = routeOf(event.type);
  const causes = contractCauses(event, route, unicodeProblem);
  return {
    event,
    source: event.source,
    id: event.id,
    time,
    day: dayOf(time),
    key: keyOf(event, route.contract),
    problem: causes.length > 0 ? { reason: 'contract', cause: causes.join('; ') } : undefined,
    raw: json.bytes,
  };
}
