import { randomUUID } from 'node:crypto';
import { answer, type Api, HttpProblem } from '@cdk8s-event-platform/runtime';
import { USER_ID, TIME } from '../events/properties.ts';
import { USER, USER_SOURCES, UserRegistered } from '../events/index.ts';
import { findUser, insertUser, noUser } from './users.ts';

const REGISTER = {
  type: 'object',
  required: ['email', 'name'],
  properties: { ...USER, source: { enum: USER_SOURCES } },
  additionalProperties: false,
} as const;
const REGISTERED = {
  type: 'object',
  required: ['user_id', 'source', 'registered_at'],
  properties: { user_id: USER_ID, source: { enum: USER_SOURCES }, registered_at: TIME },
} as const;

/** Routes of users, below `/api/users`. Answers have no personal data: those to an `Idempotency-Key` are kept. */
export function userRoutes(api: Api): void {
  api.post(
    '/api/users',
    { summary: 'Registers a user.', body: REGISTER, answers: { 201: { schema: REGISTERED } } },
    async (tx, { body: { email, name, source = 'api' } }) => {
      const time = new Date().toISOString();
      const user = { user_id: `user-${randomUUID()}`, source, registered_at: time };
      if (!(await insertUser(tx, { ...user, email, name }))) {
        throw new HttpProblem(409, 'there is a user with this address already');
      }
      await tx.publish(UserRegistered, { ...user, email, name }, { time });
      return answer(201, user, { location: `/api/users/${user.user_id}` });
    },
  );
  api.get(
    '/api/users/:user_id',
    { summary: 'Shows a user.', answers: { 200: { schema: REGISTERED } } },
    async (tx, { params }) => {
      const user = await findUser(tx, params.user_id!);
      if (user === undefined) {
        throw noUser(params.user_id!);
      }
      return user;
    },
  );
}
