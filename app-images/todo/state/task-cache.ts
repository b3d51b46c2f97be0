import { defineStateStore, type StateValue } from '@cdk8s-event-platform/contracts';
import { DESCRIPTION, TASK_ID, TIME, TITLE, USER_ID } from '../events/properties.ts';

/** A task as the API shows it. */
export const TASK = {
  type: 'object',
  required: ['task_id', 'user_id', 'title', 'completed', 'created_at', 'updated_at', 'version'],
  properties: {
    task_id: TASK_ID,
    user_id: USER_ID,
    title: TITLE,
    description: { ...DESCRIPTION, type: ['string', 'null'] },
    completed: { type: 'boolean' },
    created_at: TIME,
    updated_at: TIME,
    completed_at: { ...TIME, type: ['string', 'null'] },
    // Grows with each change; the task's ETag.
    version: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;

/** Tasks as the API shows them. The API fills the cache, and events empty it. */
export const TaskCache = defineStateStore({
  name: 'task-cache',
  description: 'Tasks as the API shows them, by their id.',
  schema: TASK,
});

/** How the cache keeps tasks. */
export const TASK_CACHE = { ttl: { minutes: 10 } } as const;

/** A task as the API shows it. */
export type Task = StateValue<typeof TaskCache>;

/** Key of a task in the cache. */
export function taskKey(taskId: number | string): string {
  return `tasks/${taskId}`;
}
