import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';

/** Says that it has happened, and to whom; who wants more asks. */
export const UserRegistered = defineEvent({
  type: 'com.example.user.registered',
  version: '1.0.0',
  topic: 'user-registered',
  key: 'user_id',
  description: 'Somebody has registered.',
  schema: {
    type: 'object',
    required: ['user_id'],
    properties: { user_id: { type: 'string', maxLength: 64 } },
  },
});

/** One of any number of apps that react: the others know nothing of it. */
export const crm = defineApp({
  appId: 'crm',
  description: 'Makes a lead of each new user.',
  port: 8080,
  subscribes: [UserRegistered],
  migrations: [{ name: '0100-leads', sql: 'CREATE TABLE leads (user_id text PRIMARY KEY)' }],
});

export const crmParts: ServiceParts = {
  on: [
    each(UserRegistered, async (tx, { data }) => {
      await tx.query('INSERT INTO leads VALUES ($1)', [data.user_id]);
    }),
  ],
};
