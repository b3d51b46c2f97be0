import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { isAboutErased } from '../erased.ts';
import { TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { USER_ID } from '../events/properties.ts';
import { indexTask } from './index-task.ts';

const QUERY = {
  type: 'object',
  required: ['user_id', 'q'],
  properties: {
    user_id: USER_ID,
    q: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' },
    limit: { type: 'integer', minimum: 1, maximum: 100 },
  },
} as const;

/** The index of tasks by their words. */
export const parts: ServiceParts = {
  on: [
    each(TaskCreated, async (tx, { data }) => {
      const { created_at: at, description = '', ...task } = data;
      if (!isAboutErased(data)) {
        await indexTask(tx, { ...task, description }, at);
      }
    }),
    each(TaskUpdated, async (tx, { data }) => {
      const { changes, updated_at: at, ...task } = data;
      const { title, description } = changes;
      if (!isAboutErased(data)) {
        await indexTask(tx, { ...task, title: title?.new, description: description?.new }, at);
      }
    }),
    each(TaskDeleted, (tx, { data: { task_id: taskId, user_id: userId, deleted_at: at } }) =>
      indexTask(tx, { task_id: taskId, user_id: userId, deleted: true }, at),
    ),
  ],
  routes: (api) => {
    api.get(
      '/api/search',
      { summary: 'Finds tasks of a user, the best match first.', query: QUERY },
      async (tx, { query: { user_id: userId, q, limit = 20 } }) => {
        const { rows } = await tx.query<{ task_id: string; title: string }>(
          `SELECT task_id, title FROM todo_search, websearch_to_tsquery('simple', $2) AS asked
           WHERE user_id = $1 AND NOT deleted AND words @@ asked
           ORDER BY ts_rank(words, asked) DESC, task_id LIMIT $3`,
          [userId, q, limit],
        );
        return { tasks: rows.map((row) => ({ ...row, task_id: Number(row.task_id) })) };
      },
    );
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM todo_search WHERE user_id = $1', [userId]);
  },
};
