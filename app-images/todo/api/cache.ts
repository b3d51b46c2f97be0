import { readThroughCache, stateClient } from '@cdk8s-event-platform/runtime';
import { TASK_CACHE, TaskCache } from '../state/task-cache.ts';

/** Tasks by {@link taskKey}, in front of the database. */
export const taskCache = readThroughCache(stateClient(TaskCache), TASK_CACHE);
