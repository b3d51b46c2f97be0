import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { PERSONAL, TASK_ID, TIME, TITLE, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** A user has completed a task. */
export const TaskCompleted = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.task.completed',
  description: 'A user has completed a task.',
  schema: {
    type: 'object',
    required: ['task_id', 'user_id', 'title', 'completed_at', 'duration_minutes'],
    properties: {
      task_id: TASK_ID,
      user_id: USER_ID,
      title: { ...TITLE, ...PERSONAL },
      completed_at: TIME,
      // Whole minutes since the task was created.
      duration_minutes: { type: 'integer', minimum: 0, maximum: 1_000_000_000 },
    },
  },
});

/** The `data` of a {@link TaskCompleted} event. */
export type TaskCompletedData = EventData<typeof TaskCompleted>;
