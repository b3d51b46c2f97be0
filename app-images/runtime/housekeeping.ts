import type pg from 'pg';
import { EFFECTS_TABLE, QUARANTINE_TABLE } from '../../constructs/contracts/index.ts';
import type { InboxKeeper } from './inbox.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { QUARANTINE_REASONS } from './quarantine.ts';

/** What {@link housekeeping} works with. */
export interface HousekeepingOptions {
  readonly consumer: string;
  readonly pool: pg.Pool;
  readonly inbox: InboxKeeper;
  readonly metrics: RuntimeMetrics;
  /** Days for which finished effects and discarded events are kept. */
  readonly retentionDays: number;
}

/** How often what is finished is deleted, in milliseconds. */
const PRUNE_EVERY = 3_600_000;

/**
 * A round of what a consumer does beside its deliveries: counts what waits for its metrics, keeps the
 * days of the inbox, and once an hour deletes what is finished.
 */
export function housekeeping(options: HousekeepingOptions): () => Promise<number> {
  const { consumer, pool, inbox, metrics, retentionDays } = options;
  let prunedAt = -Infinity;

  const counts = async (statement: string): Promise<Record<string, number>> => {
    const { rows } = await pool.query<{ label: string; count: number }>(statement, [consumer]);
    return Object.fromEntries(rows.map(({ label, count }) => [label, count]));
  };
  return async () => {
    await inbox.days();
    metrics.quarantine({
      ...Object.fromEntries(QUARANTINE_REASONS.map((reason) => [reason, 0])),
      ...(await counts(
        `SELECT reason AS label, count(*)::int AS count FROM ${QUARANTINE_TABLE}
         WHERE consumer = $1 AND status <> 'discarded' GROUP BY 1`,
      )),
    });
    metrics.effects({
      pending: 0,
      failed: 0,
      ...(await counts(
        `SELECT status AS label, count(*)::int AS count FROM ${EFFECTS_TABLE}
         WHERE consumer = $1 AND status <> 'done' GROUP BY 1`,
      )),
    });
    if (performance.now() - prunedAt > PRUNE_EVERY) {
      prunedAt = performance.now();
      const old = `now() - make_interval(days => $2)`;
      await pool.query(
        `DELETE FROM ${EFFECTS_TABLE} WHERE consumer = $1 AND status = 'done' AND finished_at < ${old}`,
        [consumer, retentionDays],
      );
      await pool.query(
        `DELETE FROM ${QUARANTINE_TABLE} WHERE consumer = $1 AND status = 'discarded' AND changed_at < ${old}`,
        [consumer, retentionDays],
      );
    }
    return 0;
  };
}
