import { defineEvent } from '@cdk8s-event-platform/contracts';
import { USER_ID } from './properties.ts';

/** What mails are about. */
export const MAILS = ['welcome', 'order_shipped', 'order_cancelled'] as const;

/** A mail to a user was handed over. */
export const EmailSent = defineEvent({
  type: 'com.shop.email.sent',
  version: '1.0.0',
  topic: 'email-events',
  key: 'user_id',
  description: 'A mail to a user was handed over.',
  schema: {
    type: 'object',
    required: ['user_id', 'mail'],
    properties: { user_id: USER_ID, mail: { enum: MAILS } },
  },
});
