import { createHash } from 'node:crypto';
import { each, isErased, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { TaskCreated, UserRegistered } from '../events/index.ts';

/** What a new user has to do. */
export const SAMPLE_TASKS = [
  { title: 'Complete this task', description: 'You get points for it.' },
  { title: 'Change the title of this task' },
  { title: 'Search for a word of a task' },
] as const;

/** Ids of sample tasks begin here; those that the API gives are below. */
const FIRST_ID = 2 ** 40;

/** Id of a sample task: the same whenever the event is handled. */
export function sampleTaskId(userId: string, index: number): number {
  const hash = createHash('sha256').update(`${index}/${userId}`).digest('hex');
  return FIRST_ID + Number.parseInt(hash.slice(0, 12), 16);
}

/** Gives new users some tasks. */
export const parts: ServiceParts = {
  on: [
    each(UserRegistered, async (tx, event) => {
      const { user_id: userId, registered_at: at, name } = event.data;
      if (isErased(name)) {
        return;
      }
      await tx.publishAll(
        TaskCreated,
        SAMPLE_TASKS.map((task, index) => ({
          data: {
            ...{ task_id: sampleTaskId(userId, index), user_id: userId, ...task },
            ...{ completed: false, created_at: at },
          },
          cause: event,
          discriminator: String(index),
        })),
      );
    }),
  ],
};
