import type pg from 'pg';
import {
  EFFECTS_TABLE,
  OUTBOX_TABLE,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { BROKER_SCHEMA } from '../broker/schema.ts';
import { ACCEPTED, HANDLED } from './ledger.ts';

/** What an event is known by. */
export interface EventIdentity {
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly type: string;
}

/** A record of a topic. */
export interface PublishedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  /** @default - the record has no event */
  readonly event: EventIdentity | undefined;
}

/** An event in the quarantine. */
interface QuarantineRow extends EventIdentity {
  readonly consumer: string;
  readonly reason: string;
  readonly cause: string;
}

/** An event in an outbox. */
interface OutboxRow {
  readonly producer: string;
  readonly event: string;
  /** Why it was set aside; null when it was not. */
  readonly problem: string | null;
}

/** A side effect that is not performed. */
interface EffectRow {
  readonly consumer: string;
  readonly kind: string;
  readonly status: string;
  readonly id: string;
  readonly source: string;
  readonly problem: string;
}

/** What databases and broker know of all events. */
export interface Facts {
  /** What requests and handlers have published. */
  readonly accepted: readonly string[];
  /** How often apps have handled events, by app id and name of the event. */
  readonly handled: ReadonlyMap<string, number>;
  readonly quarantine: readonly QuarantineRow[];
  readonly outbox: readonly OutboxRow[];
  readonly effects: readonly EffectRow[];
  readonly records: readonly PublishedRecord[];
  /** Where a consumer group is in the partition of a record. */
  readonly reached: (group: string, record: PublishedRecord) => number;
}

const RECORDS = `SELECT topic, partition, position::float8, value FROM ${BROKER_SCHEMA}.records
ORDER BY topic, partition, position`;
const POSITIONS = `SELECT consumer_group, topic, partition, position::float8 FROM ${BROKER_SCHEMA}.positions`;
const QUARANTINE = `SELECT consumer, coalesce(event_type, 'unknown') AS type, event_id AS id, source,
  coalesce(event_day::text, '') AS time, reason,
  coalesce(split_part(stack, E'\\n', 1), cause) AS cause
FROM ${QUARANTINE_TABLE} WHERE status <> 'discarded' ORDER BY id`;
const OUTBOX = `SELECT producer, event, set_aside_because AS problem FROM ${OUTBOX_TABLE} ORDER BY position`;
const EFFECTS = `SELECT consumer, kind, status, event_id AS id, source,
  coalesce(error, 'not performed yet') AS problem FROM ${EFFECTS_TABLE} WHERE status <> 'done' ORDER BY id`;

/** Apps know an event by its source, its id and the day of its time. */
export function nameOf({
  source,
  id,
  time,
}: Pick<EventIdentity, 'source' | 'id' | 'time'>): string {
  const at = Date.parse(time);
  const day = Number.isNaN(at) ? time : new Date(at).toISOString().slice(0, 'yyyy-mm-dd'.length);
  return JSON.stringify([source, id, day]);
}

/** An event as people read it. */
export function textOf({ type, id, source }: EventIdentity): string {
  return `${type} ${id} of ${source}`;
}

/** The event in a text; undefined when it lacks what identifies one. */
export function eventIn(text: string): EventIdentity | undefined {
  try {
    const event = JSON.parse(text) as Partial<EventIdentity> | null;
    const parts = [event?.id, event?.source, event?.time, event?.type];
    return parts.every((part) => typeof part === 'string') ? (event as EventIdentity) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what is known. */
export async function readFacts(databases: readonly pg.Pool[], broker: pg.Pool): Promise<Facts> {
  async function all<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const results = await Promise.all(databases.map((pool) => pool.query<Row>(statement)));
    return results.flatMap(({ rows }) => rows);
  }
  const [accepted, handled, quarantine, outbox, effects, records, positions] = await Promise.all([
    all<{ event: string }>(ACCEPTED),
    all<EventIdentity & { consumer: string; times: number }>(HANDLED),
    all<QuarantineRow & pg.QueryResultRow>(QUARANTINE),
    all<OutboxRow & pg.QueryResultRow>(OUTBOX),
    all<EffectRow & pg.QueryResultRow>(EFFECTS),
    broker.query<Omit<PublishedRecord, 'event'> & { value: Buffer | null }>(RECORDS),
    broker.query<Omit<PublishedRecord, 'event'> & { consumer_group: string }>(POSITIONS),
  ]);
  const place = (
    group: string,
    { topic, partition }: Pick<PublishedRecord, 'topic' | 'partition'>,
  ) => JSON.stringify([group, topic, partition]);
  const reached = new Map(
    positions.rows.map((row) => [place(row.consumer_group, row), row.position]),
  );
  return {
    ...{ quarantine, outbox, effects },
    accepted: accepted.map(({ event }) => event),
    handled: new Map(handled.map((row) => [`${row.consumer} ${nameOf(row)}`, row.times])),
    records: records.rows.map(({ value, ...row }) => ({
      ...row,
      event: eventIn(value?.toString() ?? ''),
    })),
    reached: (group, record) => reached.get(place(group, record)) ?? 0,
  };
}
