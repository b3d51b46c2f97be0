import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each, isErased, type ServiceParts } from '@cdk8s-event-platform/runtime';

const shortText = { type: 'string', minLength: 1, maxLength: 100 } as const;

export const UserRegistered = defineEvent({
  type: 'com.example.user.registered',
  version: '1.0.0',
  topic: 'user-registered',
  key: 'user_id',
  subject: 'user_id', // whose personal data they are; the key is the default
  description: 'A user has registered.',
  schema: {
    type: 'object',
    required: ['user_id', 'name', 'email'],
    properties: {
      user_id: { type: 'string', maxLength: 64 },
      name: { ...shortText, pii: true },
      email: { type: 'string', format: 'email', maxLength: 254, pii: true },
    },
  },
});

export const manifest = defineApp({
  appId: 'newsletter',
  description: 'Keeps who gets the newsletter.',
  port: 8080,
  subscribes: [UserRegistered],
  migrations: [
    { name: '0100-readers', sql: 'CREATE TABLE readers (user_id text, name text, email text)' },
  ],
});

export const parts: ServiceParts = {
  on: [
    each(UserRegistered, async (tx, { data: { user_id: userId, name, email } }) => {
      if (!isErased(email)) {
        await tx.query('INSERT INTO readers VALUES ($1, $2, $3)', [userId, name, email]);
      }
    }),
  ],
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM readers WHERE user_id = $1', [userId]);
  },
};
