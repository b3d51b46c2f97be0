import { setTimeout as sleep } from 'node:timers/promises';
import { ExponentialBackoff } from 'cockatiel';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import type { Transaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { classifyFailure, describeFailure } from '../errors/failure.ts';
import {
  isReceived,
  type ParsedEvent,
  readEvent,
  type ReceivedEvent,
} from '../events/received-event.ts';
import type { OpenedData } from '../sealing/personal-data.ts';
import { noteSubject } from '../sealing/event-subjects.ts';
import { claimedBytes, needsSealing, type Sealing } from '../sealing/sealing.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { EventRoute } from './event-routes.ts';

/** Something that was delivered: an event, or other content. */
export type Delivered = ParsedEvent | ReceivedEvent;

/** Bytes that are fetched from a store at once: more than one value may have. */
const MAX_FETCHED_BYTES = 32 * 1024 * 1024;

/** The first events whose values in a store fit into memory together: at least one. */
export function firstOpened(
  { contracts, contractOf }: EventRoute,
  delivered: readonly Delivered[],
): readonly Delivered[] {
  if (!contracts.some(needsSealing)) {
    return delivered;
  }
  let bytes = 0;
  const end = delivered.findIndex((each, index) => {
    const contract = isReceived(each) ? undefined : contractOf(each.event);
    bytes += contract === undefined ? 0 : claimedBytes(contract, each.event!.data);
    return bytes > MAX_FETCHED_BYTES && index > 0;
  });
  return end < 0 ? delivered : delivered.slice(0, end);
}

/** Reads events, after their data were decrypted and fetched where that is needed. */
export async function openEvents(
  tx: Pick<Transaction, 'query'>,
  sealing: Sealing,
  route: EventRoute,
  delivered: readonly Delivered[],
): Promise<ReceivedEvent[]> {
  const opened = new Map<Delivered, OpenedData>();
  for (const [contract, events] of sealedEvents(route, delivered)) {
    const sealed = events.map(({ event }) => event.data);
    const list = await onPlatformTables(() => sealing.open(tx, contract, sealed));
    events.forEach((event, index) => opened.set(event, list[index]!));
  }
  return delivered.map((each) => {
    if (isReceived(each)) {
      return each;
    }
    const data = opened.get(each);
    const received = readEvent(each, route.read, data);
    if (data?.subject !== undefined) {
      noteSubject(received.event!, data.subject);
    }
    return received;
  });
}

/** Events whose data are encrypted or elsewhere, by their contract. */
function sealedEvents(
  { contracts, contractOf }: EventRoute,
  delivered: readonly Delivered[],
): ReadonlyMap<EventContract, ParsedEvent[]> {
  const sealed = new Map<EventContract, ParsedEvent[]>();
  if (!contracts.some(needsSealing)) {
    return sealed;
  }
  for (const each of delivered) {
    const contract = isReceived(each) ? undefined : contractOf(each.event);
    if (!isReceived(each) && contract !== undefined && needsSealing(contract)) {
      sealed.set(contract, [...(sealed.get(contract) ?? []), each]);
    }
  }
  return sealed;
}

const BACKOFF = { initialDelay: 100, maxDelay: 2_000 };

/**
 * Does something that needs the database or a store, again and again while that cannot be reached.
 *
 * @param signal aborts when the sidecar has hung up.
 * @throws what fails for another reason.
 */
export async function holdWhileUnavailable<Result>(
  run: () => Promise<Result>,
  log: Logger,
  signal: AbortSignal,
  longestPause = Infinity,
): Promise<Result> {
  for (let wait = new ExponentialBackoff(BACKOFF).next(); ; wait = wait.next(undefined)) {
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      if (classifyFailure(error) !== 'unavailable') {
        throw error;
      }
      log.warn({ reason: describeFailure(error) }, 'delivery held');
      await sleep(Math.min(wait.duration, longestPause), undefined, { signal });
    }
  }
}
