import type pg from 'pg';
import { QUARANTINE_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import { type Condition, conditionOf, type Selection } from './selection.ts';

/** Events of one cause. */
export interface Group {
  readonly consumer: string;
  readonly topic: string;
  readonly type: string;
  readonly reason: string;
  readonly cause: string;
  readonly events: number;
  /** Number of later events of their keys, which wait for them. */
  readonly parked: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** One event with all its columns. */
export interface Detail {
  readonly id: string;
  readonly [column: string]: unknown;
  readonly event: Buffer;
}

/** Progress of a replay. */
export interface Progress {
  /** Still to be tried. */
  readonly waiting: number;
  /** Tried, and back in the quarantine. */
  readonly failed: number;
}

/** What operators do with the quarantine. Consumers do the rest: they process what is replayed. */
export class QuarantineStore {
  public constructor(private readonly pool: pg.Pool) {}

  /** Events by their cause, the most frequent first. Parked ones count to what they wait for. */
  public async groups(selection: Selection): Promise<Group[]> {
    const { sql, values } = conditionOf(selection);
    const { rows } = await runStatement<Group>(
      this.pool,
      `SELECT consumer, topic, coalesce(event_type, '') AS type, reason, cause, count(*)::int AS events,
         coalesce(sum(behind.parked), 0)::int AS parked, min(quarantined_at) AS oldest, max(quarantined_at) AS newest
       FROM ${QUARANTINE_TABLE} q
       LEFT JOIN LATERAL (
         SELECT count(*) AS parked FROM ${QUARANTINE_TABLE} p
         WHERE q.blocks AND q.reason <> 'parked' AND p.consumer = q.consumer AND p.topic = q.topic
           AND p.key = q.key AND p.reason = 'parked' AND p.status = 'held' AND p.id > q.id
       ) behind ON true
       WHERE ${sql} AND (reason <> 'parked' OR $${values.length + 1}::boolean)
       GROUP BY 1, 2, 3, 4, 5 ORDER BY events DESC, consumer, cause`,
      [...values, selection.reason === 'parked'],
    );
    return rows;
  }

  /** One event; undefined when the id is unknown. */
  public async detail(id: string): Promise<Detail | undefined> {
    const { rows } = await runStatement<Detail>(
      this.pool,
      `SELECT *, event_day::text FROM ${QUARANTINE_TABLE} WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  /** Ids of the selected events in their order; parked ones are left to their consumer. */
  public async ids(selection: Selection): Promise<{ id: string; replays: number }[]> {
    const { sql, values } = unparked(selection);
    const { rows } = await runStatement<{ id: string; replays: number }>(
      this.pool,
      `SELECT id, replays FROM ${QUARANTINE_TABLE} WHERE ${sql} ORDER BY id`,
      [...values],
    );
    return rows;
  }

  /** Marks events for consumers to process again. Returns how many were still there. */
  public async replay(ids: readonly string[]): Promise<number> {
    const { rowCount } = await runStatement(
      this.pool,
      `UPDATE ${QUARANTINE_TABLE} SET status = 'replaying', changed_at = now()
       WHERE id = ANY ($1) AND status = 'held'`,
      [ids],
    );
    return rowCount ?? 0;
  }

  /** What has become of events that were replayed. Those that are gone were processed. */
  public async progress(ids: readonly string[]): Promise<Progress> {
    const { rows } = await runStatement<Progress>(
      this.pool,
      `SELECT count(*) FILTER (WHERE status = 'replaying')::int AS waiting,
         count(*) FILTER (WHERE status = 'held')::int AS failed
       FROM ${QUARANTINE_TABLE} WHERE id = ANY ($1)`,
      [ids],
    );
    return rows[0]!;
  }

  /** Gives events up. Later ones of their keys go on. Returns how many. */
  public async discard(selection: Selection): Promise<number> {
    const { sql, values } = unparked(selection);
    const { rowCount } = await runStatement(
      this.pool,
      `UPDATE ${QUARANTINE_TABLE} SET status = 'discarded', changed_at = now() WHERE ${sql}`,
      [...values],
    );
    return rowCount ?? 0;
  }
}

/** Parked events follow what they wait for; one that is meant is named by its id. */
function unparked(selection: Selection): Condition {
  const { sql, values } = conditionOf(selection);
  return selection.id === undefined
    ? { sql: `${sql} AND reason <> 'parked'`, values }
    : { sql, values };
}
