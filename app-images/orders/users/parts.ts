import { randomUUID } from 'node:crypto';
import { answer, HttpProblem, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { UserRegistered } from '../events/index.ts';
import { USER, USER_ID } from '../events/properties.ts';

const REGISTER = {
  type: 'object',
  required: ['email', 'username'],
  properties: USER,
  additionalProperties: false,
} as const;
const REGISTERED = {
  type: 'object',
  required: ['user_id'],
  properties: { user_id: USER_ID },
} as const;

/** Registers users. Answers have no personal data: those to an `Idempotency-Key` are kept. */
export const parts: ServiceParts = {
  routes: (api) => {
    api.post(
      '/api/users',
      { summary: 'Registers a user.', body: REGISTER, answers: { 201: { schema: REGISTERED } } },
      async (tx, { body }) => {
        const user = { user_id: `user-${randomUUID()}`, ...body };
        const { rowCount } = await tx.query(
          'INSERT INTO shop_users VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [user.user_id, user.email, user.username],
        );
        if (rowCount === 0) {
          throw new HttpProblem(409, 'there is a user with this address already');
        }
        await tx.publish(UserRegistered, user);
        return answer(201, { user_id: user.user_id });
      },
    );
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM shop_users WHERE user_id = $1', [userId]);
  },
};
