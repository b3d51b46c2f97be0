import type pg from 'pg';
import { EFFECTS_TABLE, QUARANTINE_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import type { InboxPartitions } from '../delivery/inbox.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { QUARANTINE_REASONS } from '../quarantine/quarantine.ts';

/** Options of {@link housekeeping}. */
export interface HousekeepingOptions {
  readonly consumer: string;
  readonly pool: pg.Pool;
  readonly inbox: InboxPartitions;
  readonly metrics: RuntimeMetrics;
  /** Days for which finished effects and discarded events are kept. */
  readonly retentionDays: number;
  /** Whether it receives events, and so has an inbox and a quarantine. @default true */
  readonly receives?: boolean;
  /** Its sagas. @default - it has none */
  readonly sagas?: { measure(): Promise<void>; forget(): Promise<void> };
}

/** Time between two deletions of finished rows, in milliseconds. */
const PRUNE_INTERVAL = 3_600_000;

/**
 * Returns a task for the background: it updates gauges, maintains the partitions of the inbox, and deletes finished
 * rows once an hour.
 */
export function housekeeping(options: HousekeepingOptions): () => Promise<number> {
  const { consumer, pool, inbox, metrics, retentionDays, receives = true, sagas } = options;
  let prunedAt = -Infinity;

  const counts = async (statement: string): Promise<Record<string, number>> => {
    const { rows } = await runStatement<{ label: string; count: number }>(pool, statement, [
      consumer,
    ]);
    return Object.fromEntries(rows.map(({ label, count }) => [label, count]));
  };
  const prune = async (table: string, finished: string, since: string): Promise<void> => {
    await runStatement(
      pool,
      `DELETE FROM ${table} WHERE consumer = $1 AND status = $2 AND ${since} < now() - make_interval(days => $3)`,
      [consumer, finished, retentionDays],
    );
  };
  const countQuarantine = async (): Promise<void> =>
    metrics.quarantine({
      ...Object.fromEntries(QUARANTINE_REASONS.map((reason) => [reason, 0])),
      ...(await counts(
        `SELECT reason AS label, count(*)::int AS count FROM ${QUARANTINE_TABLE}
         WHERE consumer = $1 AND status <> 'discarded' GROUP BY 1`,
      )),
    });
  const countEffects = async (): Promise<void> =>
    metrics.effects({
      pending: 0,
      failed: 0,
      ...(await counts(
        `SELECT status AS label, count(*)::int AS count FROM ${EFFECTS_TABLE}
         WHERE consumer = $1 AND status <> 'done' GROUP BY 1`,
      )),
    });
  return async () => {
    const tasks: (() => Promise<unknown>)[] = [
      ...(receives ? [() => inbox.retainedDays(), countQuarantine] : []),
      countEffects,
      ...(sagas === undefined ? [] : [() => sagas.measure()]),
    ];
    if (performance.now() - prunedAt > PRUNE_INTERVAL) {
      prunedAt = performance.now();
      tasks.push(
        () => prune(EFFECTS_TABLE, 'done', 'finished_at'),
        ...(sagas === undefined ? [] : [() => sagas.forget()]),
        ...(receives ? [() => prune(QUARANTINE_TABLE, 'discarded', 'changed_at')] : []),
      );
    }
    await runAll(tasks);
    return 0;
  };
}

/** Runs all tasks in sequence, even when some fail. @throws the first failure. */
export async function runAll(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks) {
    await task().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) {
    throw failures[0] as Error;
  }
}
