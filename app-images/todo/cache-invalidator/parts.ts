import {
  batch,
  readThroughCache,
  type ServiceParts,
  stateClient,
} from '@cdk8s-event-platform/runtime';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { TASK_CACHE, TaskCache, taskKey } from '../state/task-cache.ts';

const cache = readThroughCache(stateClient(TaskCache), TASK_CACHE);

/** A delivery waits while the cache cannot be reached. */
async function forget(
  _tx: unknown,
  events: readonly { readonly data: { readonly task_id: number } }[],
): Promise<void> {
  await cache.invalidate(...events.map(({ data }) => taskKey(data.task_id)));
}

/** Takes tasks that have changed out of the cache; also new ones, since that a task is missing is cached, too. */
export const parts: ServiceParts = {
  on: [
    batch(TaskCreated, forget),
    batch(TaskUpdated, forget),
    batch(TaskCompleted, forget),
    batch(TaskDeleted, forget),
  ],
};
