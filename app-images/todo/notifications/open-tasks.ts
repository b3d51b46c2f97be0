import type { JobTransaction, Transaction } from '@cdk8s-event-platform/runtime';
import { ReminderDue, type TaskCreatedData } from '../events/index.ts';

/** Notes a task that was created, unless it is closed already. */
export async function openTask(tx: Transaction, task: TaskCreatedData): Promise<void> {
  const { task_id: taskId, user_id: userId, title, created_at: createdAt } = task;
  await tx.query(
    `INSERT INTO todo_open_tasks (task_id, user_id, title, created_at, closed)
     VALUES ($1, $2, $3, $4, false) ON CONFLICT DO NOTHING`,
    [taskId, userId, title, createdAt],
  );
}

/** Notes that a task is no longer open, also where it was not known before. */
export async function closeTask(
  tx: Transaction,
  task: { readonly task_id: number; readonly user_id: string; readonly title: string },
  time: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO todo_open_tasks (task_id, user_id, title, created_at, closed)
     VALUES ($1, $2, $3, $4, true) ON CONFLICT (task_id) DO UPDATE SET closed = true`,
    [task.task_id, task.user_id, task.title, time],
  );
}

/** Time after which a user is reminded of an open task. */
const REMIND_AFTER = '3 days';

/** Reminds each user who has tasks that have been open for long. */
export async function remind(tx: JobTransaction, { due }: { readonly due: Date }): Promise<void> {
  const time = due.toISOString();
  const { rows } = await tx.query<{ user_id: string; open_tasks: number; oldest_title: string }>(
    `SELECT user_id, count(*)::int AS open_tasks, (array_agg(title ORDER BY created_at, task_id))[1] AS oldest_title
     FROM todo_open_tasks WHERE NOT closed AND created_at <= $1::timestamptz - interval '${REMIND_AFTER}'
     GROUP BY user_id ORDER BY user_id`,
    [time],
  );
  await tx.publishAll(
    ReminderDue,
    rows.map((row) => ({ data: { ...row, due_at: time }, discriminator: row.user_id, time })),
  );
}
