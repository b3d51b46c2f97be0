import type { Transaction } from '@cdk8s-event-platform/runtime';
import type { TaskCreatedData } from '../events/index.ts';
import type { OpenTasks } from './mails.ts';

/** Notes a task that was created, unless it is closed already. */
export async function openTask(tx: Transaction, task: TaskCreatedData): Promise<void> {
  const { task_id: taskId, user_id: userId, title, created_at: createdAt } = task;
  await tx.query(
    `INSERT INTO todo_open_tasks (task_id, user_id, title, created_at, closed)
     VALUES ($1, $2, $3, $4, false) ON CONFLICT DO NOTHING`,
    [taskId, userId, title, createdAt],
  );
}

/** Notes that a task is no longer open, also if it was not known before: its title is not needed any more. */
export async function closeTask(
  tx: Transaction,
  task: { readonly task_id: number; readonly user_id: string },
  time: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO todo_open_tasks (task_id, user_id, title, created_at, closed)
     VALUES ($1, $2, '', $3, true) ON CONFLICT (task_id) DO UPDATE SET closed = true, title = ''`,
    [task.task_id, task.user_id, time],
  );
}

/** Time after which a user is reminded of an open task. */
const REMIND_AFTER = '3 days';

/** Users with tasks that have been open for long. */
export async function longOpen(
  tx: Transaction,
  now: Date,
): Promise<(OpenTasks & { readonly userId: string })[]> {
  const { rows } = await tx.query<{ user_id: string; open: number; oldest: string }>(
    `SELECT user_id, count(*)::int AS open, (array_agg(title ORDER BY created_at, task_id))[1] AS oldest
     FROM todo_open_tasks WHERE NOT closed AND created_at <= $1::timestamptz - interval '${REMIND_AFTER}'
     GROUP BY user_id ORDER BY user_id`,
    [now],
  );
  return rows.map(({ user_id: userId, ...tasks }) => ({ userId, ...tasks }));
}
