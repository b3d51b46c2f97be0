import { createHash } from 'node:crypto';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { OUTBOX_LANES, OUTBOX_TABLE } from '@cdk8s-event-platform/contracts/interface';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Transaction } from '../database/database.ts';
import { needsSealing, type Sealing } from '../sealing/sealing.ts';
import { checkedEvent, type OutgoingEvent, toOutgoingEvent } from './outgoing-event.ts';

/** The lane of a key: events of one key are published by one relay at a time. */
export function laneOf(key: string): number {
  return createHash('sha1').update(key).digest()[0]! % OUTBOX_LANES;
}

/*
 * Rows are in the order of their events: the planner may join them in any other, and `position` is the
 * order in which they are published.
 */
const ADD = `INSERT INTO ${OUTBOX_TABLE} (producer, lane, topic, key, event_type, event)
SELECT $1, lane, $2, key, $3, event
FROM unnest($4::smallint[], $5::text[], $6::text[]) WITH ORDINALITY AS added (lane, key, event, ordinality)
ORDER BY ordinality`;

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
  await addAllToOutbox(tx, producer, contract, [event]);
}

/** Events as they will be published: checked, then with their data encrypted or kept elsewhere where marked. */
async function outgoingEvents(
  tx: Transaction,
  contract: EventContract,
  events: readonly CloudEvent[],
  sealing: Sealing | undefined,
): Promise<OutgoingEvent[]> {
  if (!needsSealing(contract)) {
    return events.map((event) => toOutgoingEvent(contract, event));
  }
  if (sealing === undefined) {
    throw new Error(
      `events of ${contract.type} are published by tx.publish alone: they are sealed`,
    );
  }
  const checked = events.map((event) => checkedEvent(contract, event).event);
  const data = await sealing.seal(
    tx,
    contract,
    checked.map((event) => event.data),
  );
  return checked.map((event, index) => toOutgoingEvent(contract, { ...event, data: data[index] }));
}

/** Writes events of one contract into the outbox, in their order, in one statement. @throws as {@link addToOutbox} */
export async function addAllToOutbox(
  tx: Transaction,
  producer: string,
  contract: EventContract,
  events: readonly CloudEvent[],
  sealing?: Sealing,
): Promise<void> {
  const outgoing = await outgoingEvents(tx, contract, events, sealing);
  await tx.query(ADD, [
    producer,
    contract.topic,
    contract.type,
    outgoing.map(({ key }) => laneOf(key)),
    outgoing.map(({ key }) => key),
    outgoing.map(({ text }) => text),
  ]);
}
