import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { changeOf, DESCRIPTION, PERSONAL, TASK_ID, TIME, TITLE, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** A user has changed title or description of a task. */
export const TaskUpdated = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.task.updated',
  description: 'A user has changed title or description of a task.',
  schema: {
    type: 'object',
    required: ['task_id', 'user_id', 'changes', 'updated_at'],
    properties: {
      task_id: TASK_ID,
      user_id: USER_ID,
      changes: {
        type: 'object',
        minProperties: 1,
        properties: {
          title: changeOf({ ...TITLE, ...PERSONAL }),
          // Empty if the task has no description.
          description: changeOf({ ...DESCRIPTION, ...PERSONAL }),
        },
      },
      updated_at: TIME,
    },
  },
});

/** The `data` of a {@link TaskUpdated} event. */
export type TaskUpdatedData = EventData<typeof TaskUpdated>;
