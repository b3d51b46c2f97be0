import { createHash } from 'node:crypto';
import type { EventContract } from '../../constructs/contracts/index.ts';
import {
  type CloudEvent,
  eventDay,
  InvalidEventError,
  textProblem,
  toCloudEvent,
} from './cloud-event.ts';
import type { SchemaCheck } from './schema-check.ts';

/** Longest key that is stored, in bytes. */
const MAX_KEY_BYTES = 512;

/** An event that has arrived, with everything that is known of it before the database is asked. */
export interface Arrival {
  /** The event; undefined when it is none that can be told from others. */
  readonly event: CloudEvent | undefined;
  /** What the inbox and the quarantine know it by. */
  readonly source: string;
  readonly id: string;
  /** Day of its time; undefined when it is no event. */
  readonly day: string | undefined;
  /** Value of the contract's key; undefined when it has none. */
  readonly key: string | undefined;
  /** Why it can never be processed, and of which kind that reason is. */
  readonly problem:
    { readonly reason: 'malformed' | 'contract'; readonly cause: string } | undefined;
  /** The event as it arrived. */
  readonly raw: () => Uint8Array;
}

/** One text for source and id, neither of which has a NUL in it. */
export function arrivalName({ source, id }: Pick<Arrival, 'source' | 'id'>): string {
  return `${source}\u0000${id}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof InvalidEventError) {
    return error.message;
  }
  throw error;
}

/** What is no event is known by its bytes, so that it is kept once however often it arrives. */
export function malformed(raw: Uint8Array, cause: string): Arrival {
  return {
    event: undefined,
    source: '',
    id: createHash('sha256').update(raw).digest('hex'),
    day: undefined,
    key: undefined,
    problem: { reason: 'malformed', cause },
    raw: () => raw,
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

/** Checks an event that was delivered to the route of a contract. */
export function arrive(
  value: unknown,
  contract: Pick<EventContract, 'type' | 'key'>,
  check: SchemaCheck,
): Arrival {
  const raw = () => Buffer.from(JSON.stringify(value ?? null));
  let event: CloudEvent;
  try {
    event = toCloudEvent(value);
  } catch (error) {
    return malformed(raw(), reasonOf(error));
  }
  const causes =
    event.type === contract.type
      ? check(event.data)
      : [`the type ${event.type} is not declared for this topic`];
  return {
    event,
    source: event.source,
    id: event.id,
    day: eventDay(event),
    key: keyOf(event, contract),
    problem: causes.length > 0 ? { reason: 'contract', cause: causes.join('; ') } : undefined,
    raw,
  };
}
