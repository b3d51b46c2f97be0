import { randomUUID } from 'node:crypto';
import { defineApp, defineStateStore } from '@cdk8s-event-platform/contracts';
import {
  answer,
  HttpProblem,
  type ServiceParts,
  stateClient,
  StateConflictError,
} from '@cdk8s-event-platform/runtime';

export const Sessions = defineStateStore({
  name: 'sessions',
  description: 'Who is logged in, by token.',
  ttl: { minutes: 30 },
  schema: {
    type: 'object',
    required: ['user_id'],
    properties: { user_id: { type: 'string', maxLength: 64 } },
  },
});

export const Counters = defineStateStore({
  name: 'counters',
  description: 'Requests of the current minute, by user.',
  ttl: { minutes: 1 },
  schema: { type: 'integer', minimum: 0 },
});

export const manifest = defineApp({
  appId: 'accounts',
  description: 'Knows who is logged in.',
  port: 8080,
  state: [Sessions, Counters],
});

const sessions = stateClient(Sessions);
const counters = stateClient(Counters);
const LIMIT = 3;

/** Counts a request. Of several at once, one writes, and the others count again. */
async function count(key: string): Promise<number> {
  for (;;) {
    const found = await counters.get(key);
    const next = (found?.value ?? 0) + 1;
    try {
      await counters.set(key, next, found === undefined ? { onlyNew: true } : { etag: found.etag });
      return next;
    } catch (error) {
      if (!(error instanceof StateConflictError)) {
        throw error;
      }
    }
  }
}

/** Who sends a request. The session lasts for 30 minutes from now on. */
async function userOf(token: string | undefined): Promise<string> {
  const session = token === undefined ? undefined : await sessions.get(token);
  if (token === undefined || session === undefined) {
    throw new HttpProblem(401, 'log in first');
  }
  await sessions.set(token, session.value);
  return session.value.user_id;
}

export const parts: ServiceParts = {
  routes: (api) => {
    api.post('/sessions', { body: Sessions.schema as never }, async (_tx, { body }) => {
      const token = randomUUID();
      await sessions.set(token, body);
      return answer(201, { token });
    });
    api.get('/me', {}, async (_tx, { headers }) => {
      const user = await userOf(headers.authorization?.replace('Bearer ', ''));
      const minute = new Date().toISOString().slice(0, 16);
      if ((await count(`${user}:${minute}`)) > LIMIT) {
        throw new HttpProblem(429, 'too many requests in this minute');
      }
      return { user_id: user };
    });
  },
};
