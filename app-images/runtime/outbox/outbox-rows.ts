import type pg from 'pg';
import { OUTBOX_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { MAX_KEY_BYTES } from '@cdk8s-event-platform/contracts/internal';
import { textProblem, toCloudEvent } from '../events/cloud-event.ts';
import { runStatement } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { parseJson } from '../events/json.ts';
import { sizeProblem } from './outgoing-event.ts';
import { storable } from '../database/storable.ts';

/** Events of one lane that are read at once. */
const PER_LANE = 64;
/** Characters of the longest name of a topic. */
const MAX_TOPIC = 249;
/** Bytes of events that are read at once, and of one that is read at all. */
const READ_BYTES = 8 * 1024 * 1024;

/** A row of the outbox. */
export interface OutboxRow {
  readonly position: string;
  readonly topic: string;
  readonly key: string;
  /** The event as JSON; null when it is too large to be read. */
  readonly event: string | null;
  /** Bytes of the event in the table. */
  readonly bytes: number;
  /** Null in a row that an earlier version of the platform wrote. */
  readonly type: string | null;
  /** Whether the row was restored from another server, whose transaction ids are ahead of this one's. */
  readonly foreign: boolean;
}

/** A key of a topic. */
export interface TopicKey {
  readonly topic: string;
  readonly key: string;
}

/*
 * Below the horizon: a transaction that is still under way may yet commit a row in front of one that is
 * there already. Both could be of one key. Or beyond all transactions that this server knows: a row that is
 * committed all the same was restored from another server. No event is looked into here: one that cannot be read
 * would fail the statement for all.
 */
const READ = `SELECT position, left(topic, ${MAX_TOPIC + 1}) AS topic, left(key, ${MAX_KEY_BYTES + 1}) AS key, event_type AS type,
  CASE WHEN bytes <= ${READ_BYTES} THEN event END AS event, bytes, "foreign"
FROM (
  SELECT waiting.*, sum(least(bytes, ${READ_BYTES})) OVER (ORDER BY position) - least(bytes, ${READ_BYTES}) AS before
  FROM unnest($2::smallint[]) AS own (lane), LATERAL (
    SELECT position, topic, key, event_type, event, octet_length(event) AS bytes,
      xid >= pg_snapshot_xmax(pg_current_snapshot()) AS "foreign"
    FROM ${OUTBOX_TABLE}
    WHERE producer = $1 AND lane = own.lane AND set_aside_because IS NULL
      AND topic <> ALL ($5::text[])
      AND (topic, key) NOT IN (SELECT * FROM unnest($3::text[], $4::text[]))
      AND (xid < pg_snapshot_xmin(pg_current_snapshot())
        OR xid >= pg_snapshot_xmax(pg_current_snapshot()))
    ORDER BY position LIMIT ${PER_LANE}
  ) waiting
) measured WHERE before < ${READ_BYTES} ORDER BY position`;

const STATE = `SELECT
  (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float FROM ${OUTBOX_TABLE}
    WHERE producer = $1 AND set_aside_because IS NULL) AS age,
  (SELECT count(*)::int FROM ${OUTBOX_TABLE}
    WHERE producer = $1 AND set_aside_because IS NOT NULL) AS set_aside`;

/*
 * Rows in front of a foreign one were restored with it. Until this server has counted past the last of them, each
 * would be hidden for a while when it does, and newer rows of its key would go first.
 */
const ADOPT = `UPDATE ${OUTBOX_TABLE} SET xid = '0'
WHERE producer = $1 AND xid <> '0' AND position <= (
  SELECT max(position) FROM ${OUTBOX_TABLE}
  WHERE producer = $1 AND xid >= pg_snapshot_xmax(pg_current_snapshot()))`;

/** An event that can be published. */
export interface Publishable extends OutboxRow {
  readonly event: string;
}

/** Why the event of a row cannot be published; undefined when it can. */
export function rowProblem({ topic, key, event, bytes }: OutboxRow): string | undefined {
  const keyProblem = textProblem(key, MAX_KEY_BYTES);
  if (keyProblem !== undefined || topic.length > MAX_TOPIC) {
    return keyProblem === undefined
      ? `the topic has more than ${MAX_TOPIC} characters`
      : `the key ${keyProblem}`;
  }
  if (event === null) {
    return `the event has ${bytes} bytes, at most ${READ_BYTES} are read`;
  }
  try {
    toCloudEvent(parseJson(Buffer.from(event)));
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return error.message;
    }
    throw error;
  }
  return sizeProblem(topic, event);
}

/** The rows of one producer in the outbox. */
export class OutboxRows {
  public constructor(
    private readonly pool: pg.Pool,
    private readonly producer: string,
  ) {}

  /** Reads rows of some lanes in order, without those of some keys and topics. */
  public async read(
    lanes: readonly number[],
    without: readonly TopicKey[],
    withoutTopics: readonly string[],
  ): Promise<OutboxRow[]> {
    const { rows } = await runStatement<OutboxRow & pg.QueryResultRow>(this.pool, READ, [
      this.producer,
      lanes,
      without.map(({ topic }) => topic),
      without.map(({ key }) => key),
      withoutTopics,
    ]);
    return rows;
  }

  /** Deletes published rows. */
  public async remove(lanes: readonly number[], positions: readonly string[]): Promise<void> {
    await runStatement(
      this.pool,
      `DELETE FROM ${OUTBOX_TABLE} WHERE producer = $1 AND lane = ANY ($2) AND position = ANY ($3)`,
      [this.producer, lanes, positions],
    );
  }

  /** Sets an event aside with the reason: it stays in the table, and blocks no other. */
  public async setAside(position: string, reason: string): Promise<void> {
    await runStatement(
      this.pool,
      `UPDATE ${OUTBOX_TABLE} SET set_aside_because = $3, set_aside_at = now()
       WHERE producer = $1 AND position = $2`,
      [this.producer, position, storable(reason)],
    );
  }

  /** Adopts rows that were restored from a dump of another server. Returns their number. */
  public async adopt(): Promise<number> {
    const { rowCount } = await runStatement(this.pool, ADOPT, [this.producer]);
    return rowCount ?? 0;
  }

  /** Seconds that the oldest event has waited, 0 when none waits, and how many events were set aside. */
  public async state(): Promise<{ age: number; setAside: number }> {
    const { rows } = await runStatement<{ age: number; set_aside: number }>(this.pool, STATE, [
      this.producer,
    ]);
    return { age: rows[0]!.age, setAside: rows[0]!.set_aside };
  }
}
