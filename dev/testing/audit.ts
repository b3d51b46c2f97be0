import type pg from 'pg';
import {
  EFFECTS_TABLE,
  OUTBOX_TABLE,
  parseDeadLetterTopic,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { BROKER_SCHEMA } from '../broker/schema.ts';
import { ACCEPTED, HANDLED } from './ledger.ts';

/** What has become of all events. A list has a line for each event and app. */
export interface Audit {
  /** How often an app had to handle an event, and has done it once. */
  readonly handled: number;
  /** Events that an app has not handled, and never will. */
  readonly lost: readonly string[];
  /** Events whose handler was committed more than once. */
  readonly doubled: readonly string[];
  /** Events in the quarantine, with the reason. */
  readonly quarantined: readonly string[];
  /** Events in dead-letter topics that their app has not handled. */
  readonly deadLettered: readonly string[];
  /** Events and side effects that wait: for `settle`, for a time, or for something that is interrupted. */
  readonly waiting: readonly string[];
}

/** An app that receives events. */
export interface Subscriber {
  readonly appId: string;
  /** Types that it subscribes to, by topic. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** Its consumer group, by topic. */
  readonly groups: ReadonlyMap<string, string>;
}

/** What is known of an event. */
interface EventIdentity {
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly type: string;
}

/** Where an event is in its topic. */
interface Published {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly event: EventIdentity | undefined;
}

/** Apps know an event by source, id and the day of its time. */
function nameOf({ source, id, time }: Pick<EventIdentity, 'source' | 'id' | 'time'>): string {
  const at = Date.parse(time);
  return JSON.stringify([
    source,
    id,
    Number.isNaN(at) ? time : new Date(at).toISOString().slice(0, 10),
  ]);
}

function textOf({ type, id, source }: Pick<EventIdentity, 'type' | 'id' | 'source'>): string {
  return `${type} ${id} of ${source}`;
}

/** The event in a text; undefined when it has not what identifies one. */
function eventIn(text: string): EventIdentity | undefined {
  try {
    const event = JSON.parse(text) as Partial<EventIdentity> | null;
    const parts = [event?.id, event?.source, event?.time, event?.type];
    return parts.every((part) => typeof part === 'string') ? (event as EventIdentity) : undefined;
  } catch {
    return undefined;
  }
}

async function rowsOf<Row extends pg.QueryResultRow>(
  pools: readonly pg.Pool[],
  statement: string,
): Promise<Row[]> {
  const results = await Promise.all(pools.map((pool) => pool.query<Row>(statement)));
  return results.flatMap(({ rows }) => rows);
}

const RECORDS = `SELECT topic, partition, position::float8, convert_from(value, 'UTF8') AS text
FROM ${BROKER_SCHEMA}.records WHERE value IS NOT NULL ORDER BY topic, partition, position`;
const POSITIONS = `SELECT consumer_group, topic, partition, position::float8 FROM ${BROKER_SCHEMA}.positions`;
const QUARANTINE = `SELECT consumer, coalesce(event_type, '?') AS type, event_id AS id, source,
  concat(reason, ': ', cause) AS problem, reason
FROM ${QUARANTINE_TABLE} WHERE status <> 'discarded' ORDER BY id`;
const OUTBOX = `SELECT producer, event, set_aside_because AS problem FROM ${OUTBOX_TABLE} ORDER BY position`;
const EFFECTS = `SELECT consumer, kind, status, event_id AS id, source,
  coalesce(error, 'not performed yet') AS problem FROM ${EFFECTS_TABLE} WHERE status <> 'done' ORDER BY id`;

/** Compares what was published with what each subscriber has committed. */
export async function audit(
  databases: readonly pg.Pool[],
  broker: pg.Pool,
  subscribers: readonly Subscriber[],
): Promise<Audit> {
  const [accepted, handled, quarantine, outbox, effects, records, positions] = await Promise.all([
    rowsOf<{ event: string }>(databases, ACCEPTED),
    rowsOf<EventIdentity & { consumer: string; times: number }>(databases, HANDLED),
    rowsOf<EventIdentity & { consumer: string; problem: string; reason: string }>(
      databases,
      QUARANTINE,
    ),
    rowsOf<{ producer: string; event: string; problem: string | null }>(databases, OUTBOX),
    rowsOf<{
      consumer: string;
      kind: string;
      id: string;
      source: string;
      problem: string;
      status: string;
    }>(databases, EFFECTS),
    rowsOf<Omit<Published, 'event'> & { text: string }>([broker], RECORDS),
    rowsOf<{ consumer_group: string; topic: string; partition: number; position: number }>(
      [broker],
      POSITIONS,
    ),
  ]);
  const published = records.map(({ text, ...place }): Published => ({
    ...place,
    event: eventIn(text),
  }));
  const times = new Map(handled.map((row) => [`${row.consumer} ${nameOf(row)}`, row.times]));
  const held = new Set(
    quarantine.map(({ consumer, source, id }) => JSON.stringify([consumer, source, id])),
  );
  const unsent = outbox.flatMap(({ event }) => eventIn(event) ?? []);
  const reached = new Map(
    positions.map((row) => [
      JSON.stringify([row.consumer_group, row.topic, row.partition]),
      row.position,
    ]),
  );
  const dead = published.flatMap(({ topic, event }) => {
    const appId = parseDeadLetterTopic(topic)?.appId;
    return appId === undefined ? [] : [{ appId, event }];
  });
  const all = new Map(
    [
      ...accepted.map(({ event }) => eventIn(event)),
      ...published
        .filter(({ topic }) => parseDeadLetterTopic(topic) === undefined)
        .map(({ event }) => event),
    ]
      .flatMap((event) => event ?? [])
      .map((event) => [`${event.type} ${nameOf(event)}`, event]),
  );
  const result = {
    handled: 0,
    lost: [] as string[],
    doubled: [] as string[],
    waiting: [] as string[],
  };
  for (const { appId, types, groups } of subscribers) {
    for (const event of all.values()) {
      const topic = [...types].find(([, each]) => each.includes(event.type))?.[0];
      if (topic === undefined) {
        continue;
      }
      const line = `${appId}: ${textOf(event)}`;
      const count = times.get(`${appId} ${nameOf(event)}`) ?? 0;
      const isThis = (other: EventIdentity | undefined) =>
        other !== undefined && nameOf(other) === nameOf(event);
      const isAhead = ({ partition, position }: Published) =>
        position >= (reached.get(JSON.stringify([groups.get(topic), topic, partition])) ?? 0);
      if (count === 1) {
        result.handled++;
      } else if (count > 1) {
        result.doubled.push(`${line}, ${count} times`);
      } else if (
        unsent.some(isThis) ||
        published.some((each) => each.topic === topic && isThis(each.event) && isAhead(each))
      ) {
        result.waiting.push(line);
      } else if (
        !held.has(JSON.stringify([appId, event.source, event.id])) &&
        !dead.some((each) => each.appId === appId && isThis(each.event))
      ) {
        result.lost.push(line);
      }
    }
  }
  return {
    ...result,
    quarantined: quarantine
      .filter(({ reason }) => reason !== 'undelivered')
      .map((row) => `${row.consumer}: ${textOf(row)}, ${row.problem}`),
    deadLettered: dead
      .filter(({ appId, event }) => event === undefined || !times.has(`${appId} ${nameOf(event)}`))
      .map(
        ({ appId, event }) =>
          `${appId}: ${event === undefined ? 'a message that is not an event' : textOf(event)}`,
      ),
    waiting: [
      ...result.waiting,
      ...outbox.flatMap(({ producer, event, problem }) =>
        problem === null ? [] : [`${producer}: set aside, ${problem}: ${event.slice(0, 200)}`],
      ),
      ...effects.map(
        (row) =>
          `${row.consumer}: effect '${row.kind}' of ${row.id} of ${row.source} (${row.status}): ${row.problem}`,
      ),
    ],
  };
}
