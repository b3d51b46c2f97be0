import {
  answer,
  each,
  HttpProblem,
  type ServiceParts,
  type Transaction,
} from '@cdk8s-event-platform/runtime';
import { TaskCreated, TaskDeleted } from '../events/index.ts';
import { DESCRIPTION, TASK_ID, USER_ID } from '../events/properties.ts';

const COMMENT = {
  type: 'object',
  required: ['task_id', 'user_id', 'text'],
  properties: { task_id: TASK_ID, user_id: USER_ID, text: { ...DESCRIPTION, minLength: 1 } },
  additionalProperties: false,
} as const;
const QUERY = {
  type: 'object',
  required: ['task_id'],
  properties: { task_id: TASK_ID },
} as const;

/** Days for which it is known that a task was deleted: longer than an event about it may take. */
const REMEMBERED_DAYS = 60;

/** Locks a task against its deletion. @throws HttpProblem 404 when it is not there, or was deleted */
async function lockTask(tx: Transaction, taskId: number): Promise<void> {
  const { rowCount } = await tx.query(
    'SELECT FROM todo_commented_tasks WHERE task_id = $1 AND deleted_at IS NULL FOR SHARE',
    [taskId],
  );
  if (rowCount === 0) {
    throw new HttpProblem(404, `there is no task ${taskId}`);
  }
}

/** Comments on tasks. */
export const parts: ServiceParts = {
  on: [
    each(TaskCreated, async (tx, { data: { task_id: taskId, user_id: userId } }) => {
      await tx.query(
        'INSERT INTO todo_commented_tasks (task_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [taskId, userId],
      );
    }),
    each(TaskDeleted, async (tx, { data }) => {
      const { task_id: taskId, user_id: userId, deleted_at: at } = data;
      await tx.query(
        `INSERT INTO todo_commented_tasks (task_id, user_id, deleted_at) VALUES ($1, $2, $3)
         ON CONFLICT (task_id) DO UPDATE SET deleted_at = excluded.deleted_at`,
        [taskId, userId, at],
      );
      await tx.query('DELETE FROM todo_comments WHERE task_id = $1', [taskId]);
    }),
  ],
  routes: (api) => {
    api.post(
      '/api/comments',
      { summary: 'Comments on a task.', body: COMMENT, answers: { 201: {} } },
      async (tx, { body: { task_id: taskId, user_id: userId, text } }) => {
        await lockTask(tx, taskId);
        const { rows } = await tx.query<{ id: string }>(
          `INSERT INTO todo_comments (task_id, user_id, text, at) VALUES ($1, $2, $3, now())
           RETURNING id`,
          [taskId, userId, text],
        );
        return answer(201, { id: Number(rows[0]!.id) });
      },
    );
    api.get(
      '/api/comments',
      { summary: 'Lists the comments on a task.', query: QUERY },
      async (tx, { query: { task_id: taskId } }) => {
        const { rows } = await tx.query<object>(
          'SELECT user_id, text, at FROM todo_comments WHERE task_id = $1 ORDER BY id',
          [taskId],
        );
        return { comments: rows };
      },
    );
  },
  jobs: {
    cleanup: async (tx, { due }) => {
      await tx.query(
        `DELETE FROM todo_commented_tasks WHERE deleted_at < $1::timestamptz - make_interval(days => ${REMEMBERED_DAYS})`,
        [due],
      );
    },
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM todo_comments WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM todo_commented_tasks WHERE user_id = $1', [userId]);
  },
};
