import { defineEvent } from '@cdk8s-event-platform/contracts';
import { USER_ID } from './properties.ts';

/** What mails are about. */
export const MAILS = ['welcome', 'order_shipped', 'order_cancelled'] as const;

/** A mail to a user is on its way to the mail server, which is tried until it takes it. */
export const EmailQueued = defineEvent({
  type: 'com.shop.email.queued',
  version: '1.0.0',
  topic: 'email-events',
  key: 'user_id',
  description: 'A mail to a user is on its way to the mail server.',
  schema: {
    type: 'object',
    required: ['user_id', 'mail'],
    properties: { user_id: USER_ID, mail: { enum: MAILS } },
  },
});
