import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { TIME, TITLE, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** A user is to be reminded of tasks that have been open for long. */
export const ReminderDue = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.reminder.due',
  description: 'A user is to be reminded of tasks that have been open for long.',
  schema: {
    type: 'object',
    required: ['user_id', 'open_tasks', 'oldest_title', 'due_at'],
    properties: {
      user_id: USER_ID,
      open_tasks: { type: 'integer', minimum: 1, maximum: 1_000_000 },
      oldest_title: TITLE,
      due_at: TIME,
    },
  },
});

/** The `data` of a {@link ReminderDue} event. */
export type ReminderDueData = EventData<typeof ReminderDue>;
