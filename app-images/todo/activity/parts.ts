import { batch, type ServiceParts, type Transaction } from '@cdk8s-event-platform/runtime';
import { isAboutErased } from '../erased.ts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { USER_ID } from '../events/properties.ts';

interface Entry {
  readonly user_id: string;
  readonly task_id: number;
  readonly at: string;
  readonly details: object;
}

async function write(
  tx: Transaction,
  action: 'created' | 'updated' | 'completed' | 'deleted',
  all: readonly Entry[],
): Promise<void> {
  const entries = all.filter(({ details }) => !isAboutErased(details));
  await tx.query(
    `INSERT INTO todo_activity (user_id, task_id, action, details, at)
     SELECT user_id, task_id, $1, details, at
     FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::timestamptz[]) WITH ORDINALITY
       AS happened (user_id, task_id, details, at, n) ORDER BY n`,
    [
      action,
      entries.map((entry) => entry.user_id),
      entries.map((entry) => entry.task_id),
      entries.map(({ details }) => JSON.stringify(details)),
      entries.map(({ at }) => at),
    ],
  );
}

const QUERY = {
  type: 'object',
  required: ['user_id'],
  properties: {
    user_id: USER_ID,
    before: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 200 },
  },
} as const;

/** What users have done, the newest first. */
export const parts: ServiceParts = {
  on: [
    batch(TaskCreated, (tx, events) =>
      write(
        ...([tx, 'created'] as const),
        events.map(({ data }) => ({
          ...data,
          at: data.created_at,
          details: { title: data.title },
        })),
      ),
    ),
    batch(TaskUpdated, (tx, events) =>
      write(
        ...([tx, 'updated'] as const),
        events.map(({ data }) => ({ ...data, at: data.updated_at, details: data.changes })),
      ),
    ),
    batch(TaskCompleted, (tx, events) =>
      write(
        ...([tx, 'completed'] as const),
        events.map(({ data }) => ({
          ...{ ...data, at: data.completed_at },
          details: { title: data.title, duration_minutes: data.duration_minutes },
        })),
      ),
    ),
    batch(TaskDeleted, (tx, events) =>
      write(
        ...([tx, 'deleted'] as const),
        events.map(({ data }) => ({
          ...{ ...data, at: data.deleted_at },
          details: { title: data.title, reason: data.reason },
        })),
      ),
    ),
  ],
  routes: (api) => {
    api.get(
      '/api/activity',
      { summary: 'Lists what a user has done, the newest first.', query: QUERY },
      async (tx, { query: { user_id: userId, before, limit = 50 } }) => {
        const { rows } = await tx.query<{ id: string; task_id: string }>(
          `SELECT id, task_id, action, details, at FROM todo_activity
           WHERE user_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
          [userId, before ?? null, limit],
        );
        return {
          activity: rows.map((row) => ({
            ...row,
            ...{ id: Number(row.id), task_id: Number(row.task_id) },
          })),
        };
      },
    );
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM todo_activity WHERE user_id = $1', [userId]);
  },
};
