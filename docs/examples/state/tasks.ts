import { defineApp, defineEvent, defineStateStore } from '@cdk8s-event-platform/contracts';
import {
  each,
  HttpProblem,
  readThroughCache,
  type ServiceParts,
  stateClient,
} from '@cdk8s-event-platform/runtime';

const Task = {
  type: 'object',
  required: ['title'],
  properties: { title: { type: 'string', maxLength: 200 } },
} as const;

export const TaskCache = defineStateStore({
  name: 'task-cache',
  description: 'Tasks, by their id.',
  schema: Task,
});

export const TaskChanged = defineEvent({
  type: 'com.example.task.changed',
  version: '1.0.0',
  topic: 'task-changed',
  key: 'task_id',
  description: 'A task has another title.',
  schema: {
    type: 'object',
    required: ['task_id'],
    properties: { task_id: { type: 'string', maxLength: 64 } },
  },
});

export const manifest = defineApp({
  appId: 'tasks',
  description: 'Keeps tasks.',
  port: 8080,
  serves: true,
  publishes: [TaskChanged],
  subscribes: [TaskChanged],
  state: [TaskCache],
  migrations: [{ name: '0100-tasks', sql: 'CREATE TABLE tasks (id text PRIMARY KEY, title text)' }],
});

/** Keys have no control characters and no '||', and clients may send anything. */
const keyOf = (id: string) => `tasks/${encodeURIComponent(id)}`;
const cache = readThroughCache(stateClient(TaskCache), { ttl: { minutes: 10 } });

export const parts: ServiceParts = {
  routes: (api) => {
    api.put('/tasks/:id', { body: Task }, async (tx, { params, body }) => {
      const { id } = params as { id: string };
      await tx.query(
        'INSERT INTO tasks VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET title = excluded.title',
        [id, body.title],
      );
      await tx.publish(TaskChanged, { task_id: id });
    });
    api.get('/tasks/:id', {}, async (tx, { params }) => {
      const { id } = params as { id: string };
      const task = await cache.get(keyOf(id), async () => {
        const { rows } = await tx.query<{ title: string }>(
          'SELECT title FROM tasks WHERE id = $1',
          [id],
        );
        return rows[0];
      });
      if (task === undefined) {
        throw new HttpProblem(404, `there is no task '${id}'`);
      }
      return task;
    });
  },
  // The event arrives after the change is committed: not earlier, and not less often than once.
  on: [each(TaskChanged, (_tx, event) => cache.invalidate(keyOf(event.data.task_id)))],
};
