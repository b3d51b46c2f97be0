import { QUARANTINE_TABLE } from '../../constructs/contracts/index.ts';
import type { Arrival } from './arrival.ts';
import { traceparentOf } from './cloud-event.ts';
import type { Transaction } from './database.ts';

/**
 * Why an event is in the quarantine:
 *
 * - `malformed`: it is no CloudEvent.
 * - `contract`: it is not as its contract says.
 * - `time`: its time is outside of the days that the inbox remembers.
 * - `data`: the database refuses it.
 * - `handler`: its handler failed, time and again.
 * - `parked`: an earlier event of its key is in the quarantine.
 * - `undelivered`: the sidecar could not deliver it, and sent it to the dead letters.
 */
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** Every {@link QuarantineReason}. */
export const QUARANTINE_REASONS = [
  'malformed',
  'contract',
  'time',
  'data',
  'handler',
  'parked',
  'undelivered',
] as const;

/** Reasons that keep an event from its place in its key's order, so that later ones have to wait. */
const BLOCKING: ReadonlySet<QuarantineReason> = new Set(['contract', 'data', 'handler', 'parked']);

/** Reasons that are found after the event was written into the inbox. */
const TAKEN = BLOCKING;

/** One event for the quarantine. */
export interface Quarantined {
  readonly arrival: Arrival;
  readonly reason: QuarantineReason;
  /** What went wrong, the same text for the same cause. */
  readonly cause: string;
  readonly stack?: string | undefined;
  /** How often it has been tried. */
  readonly attempts?: number;
}

const INSERT = `INSERT INTO ${QUARANTINE_TABLE}
  (consumer, topic, event_type, key, source, event_id, event_time, reason, cause, stack, blocks, taken, attempts, event, traceparent)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::boolean[], $13::int[], $14::bytea[], $15::text[])
ON CONFLICT (consumer, source, event_id) DO NOTHING`;

const LONGEST_TEXT = 10_000;

/** Texts of errors may hold what a column cannot. */
export function storable(text: string): string {
  return text.slice(0, LONGEST_TEXT).replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** PostgreSQL and JavaScript disagree on times of long ago and far from UTC. */
function storableTime({ event, day }: Arrival): string | null {
  return event === undefined || day === undefined || day < '1900'
    ? null
    : new Date(event.time).toISOString();
}

/** Puts events into the quarantine, in their order. One that is there already stays as it is. */
export async function quarantine(
  tx: Transaction,
  consumer: string,
  topic: string,
  events: readonly Quarantined[],
): Promise<void> {
  if (events.length === 0) {
    return;
  }
  const column = <Value>(value: (quarantined: Quarantined) => Value) => events.map(value);
  await tx.query(INSERT, [
    consumer,
    topic,
    column(({ arrival }) => arrival.event?.type ?? null),
    column(({ arrival }) => arrival.key ?? null),
    column(({ arrival }) => arrival.source),
    column(({ arrival }) => arrival.id),
    column(({ arrival }) => storableTime(arrival)),
    column(({ reason }) => reason),
    column(({ cause }) => storable(cause)),
    column(({ stack }) => (stack === undefined ? null : storable(stack))),
    column(({ arrival, reason }) => arrival.key !== undefined && BLOCKING.has(reason)),
    column(({ reason }) => TAKEN.has(reason)),
    column(({ attempts }) => attempts ?? 0),
    column(({ arrival }) => arrival.raw()),
    column(({ arrival: { event } }) => (event && traceparentOf(event)) ?? null),
  ]);
}
