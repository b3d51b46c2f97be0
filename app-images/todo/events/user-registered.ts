import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { TIME, USER_ID } from './properties.ts';
import { TODO_EVENTS } from './topic.ts';

/** What a user says of themselves; personal data. */
export const USER = {
  email: { type: 'string', format: 'email', maxLength: 254, pii: true },
  name: { type: 'string', minLength: 1, maxLength: 100, pattern: '^[^\\u0000]*$', pii: true },
} as const;

/** Where users come from. */
export const USER_SOURCES = ['web', 'mobile', 'api'] as const;

/** Somebody has registered as a user. */
export const UserRegistered = defineEvent({
  ...TODO_EVENTS,
  type: 'com.todo.user.registered',
  description: 'Somebody has registered as a user.',
  schema: {
    type: 'object',
    required: ['user_id', 'email', 'name', 'registered_at', 'source'],
    properties: {
      user_id: USER_ID,
      ...USER,
      registered_at: TIME,
      source: { enum: USER_SOURCES },
    },
  },
});

/** The `data` of a {@link UserRegistered} event. */
export type UserRegisteredData = EventData<typeof UserRegistered>;
