import type { EventTransaction, JobRun } from '@cdk8s-event-platform/runtime';
import { TaskDeleted } from '../events/index.ts';

/** Days for which completed tasks are kept. */
const RETENTION_DAYS = 90;
/** Days after which nothing is kept of a deleted task. */
const PURGE_DAYS = 60;
/** Tasks of one run; the next run goes on. */
const MAX_TASKS = 1_000;

interface Deleted {
  readonly task_id: string;
  readonly user_id: string;
  readonly title: string;
}

/** Deletes tasks that were completed long ago, and tells so. */
export async function cleanUp(tx: EventTransaction, { due, event }: JobRun): Promise<void> {
  const time = due.toISOString();
  const { rows } = await tx.query<Deleted>(
    `UPDATE todo_tasks SET deleted_at = $1, updated_at = $1, version = version + 1
     WHERE task_id IN (
       SELECT task_id FROM todo_tasks
       WHERE deleted_at IS NULL AND completed_at < $1::timestamptz - make_interval(days => ${RETENTION_DAYS})
       ORDER BY completed_at LIMIT ${MAX_TASKS} FOR UPDATE SKIP LOCKED)
     RETURNING task_id, user_id, title`,
    [time],
  );
  await tx.query(
    `DELETE FROM todo_tasks WHERE task_id IN (
       SELECT task_id FROM todo_tasks
       WHERE deleted_at < $1::timestamptz - make_interval(days => ${PURGE_DAYS})
       ORDER BY deleted_at LIMIT ${MAX_TASKS})`,
    [time],
  );
  await tx.publishAll(
    TaskDeleted,
    rows.map(({ task_id: taskId, user_id: userId, title }) => ({
      data: {
        ...{ task_id: Number(taskId), user_id: userId, title },
        ...({ deleted_at: time, reason: 'retention' } as const),
      },
      ...{ cause: event, discriminator: taskId },
      time,
    })),
  );
}
