import { EVENT_DAY, QUARANTINE_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { traceparentOf } from '../events/cloud-event.ts';
import type { Transaction } from '../database/database.ts';
import type { ReceivedEvent } from '../events/received-event.ts';
import { storable } from '../database/storable.ts';

/**
 * Why an event is in the quarantine:
 *
 * - `malformed`: it is not a CloudEvent.
 * - `contract`: it does not match its contract.
 * - `time`: its time is outside of the days that the inbox remembers.
 * - `data`: the database refuses it.
 * - `handler`: its handler failed repeatedly.
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

/** Reasons that block the key of an event: later events of the key wait. */
const BLOCKING: ReadonlySet<QuarantineReason> = new Set(['contract', 'data', 'handler', 'parked']);

/** Reasons that are found after the event was written into the inbox. */
const CLAIMED = BLOCKING;

/** One event for the quarantine. */
export interface QuarantineEntry {
  readonly item: ReceivedEvent;
  readonly reason: QuarantineReason;
  /** What went wrong: the same text for the same cause. */
  readonly cause: string;
  readonly stack?: string | undefined;
  /** Number of tries. */
  readonly attempts?: number;
  /** Whether the inbox has it, too. @default - by its reason */
  readonly claimed?: boolean;
}

const COLUMNS = [
  'consumer',
  'epoch',
  'topic',
  'event_type',
  'key',
  'source',
  'event_id',
  'event_time',
  'event_day',
  'reason',
  'cause',
  'stack',
  'blocks',
  'taken',
  'attempts',
  'event',
  'traceparent',
] as const;

/** Columns that say how an event failed: of the last time, once it fails again after it was discarded. */
const FAILURE_COLUMNS = ['topic', 'reason', 'cause', 'stack', 'blocks', 'attempts', 'traceparent'];

/** Whether an event that is there was discarded, and has failed in another run through the log. */
const REVIVED = `(present.status = 'discarded'
  AND (excluded.epoch IS NULL OR excluded.epoch IS DISTINCT FROM present.epoch))`;

/*
 * An existing row keeps its content and its place in the order of its key. Updated is what a replay needs: whether the
 * inbox has the event, and of which epoch, without its effect.
 */
const ON_CONFLICT = `ON CONFLICT (consumer, source, event_id, ${EVENT_DAY}) DO UPDATE SET
  taken = excluded.taken OR present.taken,
  epoch = CASE WHEN excluded.taken THEN excluded.epoch ELSE present.epoch END,
  status = CASE WHEN ${REVIVED} THEN 'held' ELSE present.status END,
  replays = CASE WHEN ${REVIVED} THEN 0 ELSE present.replays END,
  changed_at = CASE WHEN ${REVIVED} THEN now() ELSE present.changed_at END,
  ${FAILURE_COLUMNS.map(
    (name) => `${name} = CASE WHEN ${REVIVED} THEN excluded.${name} ELSE present.${name} END`,
  ).join(',\n  ')}`;

/** Bytes of events that are written in one statement; one alone may have more. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Rows of one statement, well below the 65,535 values that PostgreSQL takes. */
const MAX_ROWS = 500;

/** Consumer of the quarantine. */
export interface QuarantineOwner {
  readonly consumer: string;
  /** Number of the run through the log. @default - not known */
  readonly epoch?: number | undefined;
}

function rowOf(
  { consumer, epoch }: QuarantineOwner,
  topic: string,
  { item, reason, cause, stack, attempts, claimed }: QuarantineEntry,
): Record<(typeof COLUMNS)[number], unknown> {
  const { event, key, source, id, time, day, raw } = item;
  return {
    consumer,
    epoch: epoch ?? null,
    topic,
    event_type: event?.type ?? null,
    key: key ?? null,
    // The same bytes on two topics are two failures.
    source: event === undefined ? topic : source,
    event_id: id,
    event_time: time?.toISOString() ?? null,
    event_day: day ?? null,
    reason,
    cause: storable(cause),
    stack: stack === undefined ? null : storable(stack),
    blocks: key !== undefined && BLOCKING.has(reason),
    taken: claimed ?? CLAIMED.has(reason),
    attempts: attempts ?? 0,
    event: raw,
    traceparent: (event && traceparentOf(event)) ?? null,
  };
}

/** Splits events into statements of limited size. */
function portions(events: readonly QuarantineEntry[]): QuarantineEntry[][] {
  const result: QuarantineEntry[][] = [];
  let bytes = Infinity;
  for (const event of events) {
    bytes += event.item.raw.length;
    if (bytes > MAX_BYTES || result.at(-1)!.length === MAX_ROWS) {
      result.push([]);
      bytes = event.item.raw.length;
    }
    result.at(-1)!.push(event);
  }
  return result;
}

/**
 * Puts events into the quarantine, in their order. One that is there already stays, unless it was discarded and
 * has failed in another run through the log: then it is held again.
 */
export async function quarantine(
  tx: Transaction,
  owner: QuarantineOwner,
  topic: string,
  events: readonly QuarantineEntry[],
): Promise<void> {
  for (const portion of portions(events)) {
    const values: unknown[] = [];
    const rows = portion.map((quarantined) => {
      const row = rowOf(owner, topic, quarantined);
      return `(${COLUMNS.map((name) => `$${values.push(row[name])}`).join(', ')})`;
    });
    await tx.query(
      `INSERT INTO ${QUARANTINE_TABLE} AS present (${COLUMNS.join(', ')}) VALUES ${rows.join(', ')} ${ON_CONFLICT}`,
      values,
    );
  }
}
