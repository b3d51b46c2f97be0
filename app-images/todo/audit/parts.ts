import { each, HttpProblem, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  TaskCompleted,
  TaskCreated,
  TaskDeleted,
  TaskUpdated,
  UserRegistered,
} from '../events/index.ts';
import { append, verify } from './chain.ts';

/** The audit log: of each user, a chain of entries in which each has the hash of all before it. */
export const parts: ServiceParts = {
  on: [
    each(UserRegistered, (tx, event) => append(tx, event)),
    each(TaskCreated, (tx, event) => append(tx, event)),
    each(TaskUpdated, (tx, event) => append(tx, event)),
    each(TaskCompleted, (tx, event) => append(tx, event)),
    each(TaskDeleted, (tx, event) => append(tx, event)),
  ],
  routes: (api) => {
    api.get(
      '/api/audit/:user_id',
      { summary: 'Examines the audit log of a user; its head can be noted elsewhere.' },
      async (tx, { params }) => {
        const verdict = await verify(tx, params.user_id!);
        if (verdict.problem !== undefined) {
          throw new HttpProblem(409, `the audit log is not as it was written: ${verdict.problem}`);
        }
        return verdict;
      },
    );
  },
};
