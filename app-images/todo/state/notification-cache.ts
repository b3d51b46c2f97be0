import { defineStateStore } from '@cdk8s-event-platform/contracts';

/** The newest notifications of a user. */
export const NOTIFICATIONS = {
  type: 'object',
  required: ['notifications'],
  properties: {
    notifications: {
      type: 'array',
      items: {
        type: 'object',
        required: ['subject', 'at'],
        properties: { subject: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
        additionalProperties: false,
      },
    },
  },
} as const;

/** The newest notifications of users, by user. */
export const NotificationCache = defineStateStore({
  name: 'notification-cache',
  description: 'The newest notifications of users, by user.',
  schema: NOTIFICATIONS,
});
