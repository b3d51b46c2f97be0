import type { Transaction } from '@cdk8s-event-platform/runtime';

/** What an event says of a task. */
export interface TaskText {
  readonly task_id: number;
  readonly user_id: string;
  /** @default - the event says nothing of it */
  readonly title?: string | undefined;
  /** @default - the event says nothing of it */
  readonly description?: string | undefined;
  /** @default false */
  readonly deleted?: boolean;
}

/** The newer of two values of a column, by the times beside them. */
const newer = (column: string) => `CASE WHEN excluded.${column}_at >= present.${column}_at
    THEN excluded.${column} ELSE present.${column} END`;

const INDEX = `INSERT INTO todo_search AS present
  (task_id, user_id, title, title_at, description, description_at, deleted)
VALUES ($1, $2, coalesce($3, ''), CASE WHEN $3::text IS NULL THEN '-infinity' ELSE $5::timestamptz END,
  coalesce($4, ''), CASE WHEN $4::text IS NULL THEN '-infinity' ELSE $5::timestamptz END, $6)
ON CONFLICT (task_id) DO UPDATE SET
  title = ${newer('title')},
  title_at = greatest(present.title_at, excluded.title_at),
  description = ${newer('description')},
  description_at = greatest(present.description_at, excluded.description_at),
  deleted = present.deleted OR excluded.deleted`;

/**
 * Brings the index up to date. Whatever the order in which events come, the newest text of each part wins, and a
 * deleted task stays deleted.
 */
export async function indexTask(tx: Transaction, task: TaskText, time: string): Promise<void> {
  const { task_id: taskId, user_id: userId, title, description, deleted = false } = task;
  await tx.query(INDEX, [taskId, userId, title ?? null, description ?? null, time, deleted]);
}
