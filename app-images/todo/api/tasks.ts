import type { Transaction } from '@cdk8s-event-platform/runtime';
import { HttpProblem } from '@cdk8s-event-platform/runtime';
import type { Task } from '../state/task-cache.ts';

interface Row {
  readonly task_id: string;
  readonly user_id: string;
  readonly title: string;
  readonly description: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly completed_at: Date | null;
  readonly version: string;
}

const COLUMNS =
  'task_id, user_id, title, description, created_at, updated_at, completed_at, version';

function taskOf(row: Row): Task {
  return {
    task_id: Number(row.task_id),
    user_id: row.user_id,
    title: row.title,
    description: row.description,
    completed: row.completed_at !== null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
    version: Number(row.version),
  };
}

/** A task; undefined if it does not exist, or was deleted. */
export async function findTask(
  tx: Transaction,
  taskId: number,
  lock: '' | 'FOR UPDATE' = '',
): Promise<Task | undefined> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM todo_tasks WHERE task_id = $1 AND deleted_at IS NULL ${lock}`,
    [taskId],
  );
  return rows[0] && taskOf(rows[0]);
}

/** Which tasks to list. */
export interface TaskSelection {
  readonly user_id: string;
  readonly completed?: boolean | undefined;
  /** Id of the last task of the page before. @default - the first page */
  readonly after?: number | undefined;
  /** Tasks of a page. @default 50 */
  readonly limit?: number | undefined;
}

/** Tasks of a user in the order of their ids. */
export async function listTasks(
  tx: Transaction,
  { user_id: userId, completed, after = 0, limit = 50 }: TaskSelection,
): Promise<Task[]> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM todo_tasks
     WHERE user_id = $1 AND deleted_at IS NULL AND task_id > $2
       AND ($3::boolean IS NULL OR (completed_at IS NOT NULL) = $3)
     ORDER BY task_id LIMIT $4`,
    [userId, after, completed ?? null, limit],
  );
  return rows.map(taskOf);
}

/** Creates a task. @param task its id is given by the database unless somebody else has given it. */
export async function insertTask(
  tx: Transaction,
  task: Pick<Task, 'user_id' | 'title' | 'created_at'> & Partial<Task>,
): Promise<Task | undefined> {
  const { task_id: taskId, user_id: userId, title, description, created_at: createdAt } = task;
  const { rows } = await tx.query<Row>(
    `INSERT INTO todo_tasks (${taskId === undefined ? '' : 'task_id, '}user_id, title, description, created_at, updated_at)
     VALUES (${taskId === undefined ? '' : '$5, '}$1, $2, $3, $4, $4)
     ON CONFLICT (task_id) DO NOTHING RETURNING ${COLUMNS}`,
    [userId, title, description ?? null, createdAt, ...(taskId === undefined ? [] : [taskId])],
  );
  return rows[0] && taskOf(rows[0]);
}

/** Writes what has changed of a task, which is locked. Its time grows, whatever the clocks of the API's pods say. */
export async function updateTask(
  tx: Transaction,
  taskId: number,
  set: 'title = $3, description = $4' | 'completed_at = $2' | 'deleted_at = $2',
  time: string,
  ...values: readonly unknown[]
): Promise<Task> {
  const { rows } = await tx.query<Row>(
    `UPDATE todo_tasks SET ${set}, version = version + 1,
       updated_at = greatest($2::timestamptz, updated_at + interval '1 millisecond')
     WHERE task_id = $1 RETURNING ${COLUMNS}`,
    [taskId, time, ...values],
  );
  return taskOf(rows[0]!);
}

/** Id of a task in a path. @throws HttpProblem 404 when it can be no id. */
export function taskIdOf(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw noTask(text);
  }
  return Number(text);
}

/** The answer where a task is not there. */
export function noTask(taskId: number | string): HttpProblem {
  return new HttpProblem(404, `there is no task ${String(taskId).slice(0, 40)}`);
}
