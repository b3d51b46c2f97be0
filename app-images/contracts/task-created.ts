import { defineEvent, type EventData } from '../../constructs/contracts/index.ts';

/** A user has created a task. */
export const TaskCreated = defineEvent({
  type: 'com.myapp.task.created',
  version: '1.0.0',
  topic: 'task-created',
  key: 'user_id',
  description: 'A user has created a task.',
  schema: {
    type: 'object',
    required: ['task_id', 'user_id', 'title', 'created_at'],
    properties: {
      task_id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      user_id: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000]*$' },
      title: { type: 'string', minLength: 1, maxLength: 500, pattern: '^[^\\u0000]*$' },
      description: { type: 'string', maxLength: 10_000, pattern: '^[^\\u0000]*$' },
      created_at: { type: 'string', format: 'date-time' },
    },
  },
});

/** The `data` of a {@link TaskCreated} event. */
export type TaskCreatedData = EventData<typeof TaskCreated>;
