import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { TASK_PROPERTIES } from './task-properties.ts';

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
    properties: TASK_PROPERTIES,
  },
});

/** The `data` of a {@link TaskCreated} event. */
export type TaskCreatedData = EventData<typeof TaskCreated>;
