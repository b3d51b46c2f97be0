import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { PERSONAL, TASK_ID, TIME, TITLE, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** Why a task was deleted. */
export const DELETION_REASONS = ['user_requested', 'retention'] as const;

/** A task was deleted. */
export const TaskDeleted = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.task.deleted',
  description: 'A task was deleted.',
  schema: {
    type: 'object',
    required: ['task_id', 'user_id', 'title', 'deleted_at', 'reason'],
    properties: {
      task_id: TASK_ID,
      user_id: USER_ID,
      title: { ...TITLE, ...PERSONAL },
      deleted_at: TIME,
      reason: { enum: DELETION_REASONS },
    },
  },
});

/** The `data` of a {@link TaskDeleted} event. */
export type TaskDeletedData = EventData<typeof TaskDeleted>;
