import { defineEvent, type EventData } from '@cdk8s-event-platform/contracts';
import { USER, USER_ID } from './properties.ts';

/** Somebody has registered. A notification: who needs to know more of them asks, or keeps what it was told. */
export const UserRegistered = defineEvent({
  type: 'com.shop.user.registered',
  version: '1.0.0',
  topic: 'user-events',
  key: 'user_id',
  description: 'Somebody has registered.',
  schema: {
    type: 'object',
    required: ['user_id', 'email', 'username'],
    properties: { user_id: USER_ID, ...USER },
  },
});

/** The `data` of a {@link UserRegistered} event. */
export type UserRegisteredData = EventData<typeof UserRegistered>;
