import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { DESCRIPTION, PERSONAL, TASK_ID, TIME, TITLE, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** A user has created a task, or was given one. */
export const TaskCreated = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.task.created',
  description: 'A user has created a task, or was given one.',
  schema: {
    type: 'object',
    required: ['task_id', 'user_id', 'title', 'completed', 'created_at'],
    properties: {
      task_id: TASK_ID,
      user_id: USER_ID,
      title: { ...TITLE, ...PERSONAL },
      description: { ...DESCRIPTION, ...PERSONAL },
      completed: { type: 'boolean' },
      created_at: TIME,
    },
  },
});

/** The `data` of a {@link TaskCreated} event. */
export type TaskCreatedData = EventData<typeof TaskCreated>;
