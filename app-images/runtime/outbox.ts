import { createHash } from 'node:crypto';
import {
  type EventContract,
  OUTBOX_LANES,
  OUTBOX_TABLE,
} from '../../constructs/contracts/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Transaction } from './database.ts';
import { toOutgoingEvent } from './outgoing-event.ts';

/** The lane of a key: events of one key are published by one relay at a time. */
export function laneOf(key: string): number {
  return createHash('sha1').update(key).digest()[0]! % OUTBOX_LANES;
}

/**
 * Writes an event into the outbox of a producer. It is published after the transaction has committed,
 * at least once, and never when it has not.
 *
 * @param producer app id of the producer.
 * @throws InvalidEventError when a consumer could not process the event, or it is larger than its topic takes.
 * @see {@link toOutgoingEvent}
 */
export async function addToOutbox(
  tx: Transaction,
  producer: string,
  contract: EventContract,
  event: CloudEvent,
): Promise<void> {
  const { key, text } = toOutgoingEvent(contract, event);
  await tx.query(
    `INSERT INTO ${OUTBOX_TABLE} (producer, lane, topic, key, event_type, event) VALUES ($1, $2, $3, $4, $5, $6)`,
    [producer, laneOf(key), contract.topic, key, contract.type, text],
  );
}
