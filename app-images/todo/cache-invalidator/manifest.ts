import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { TaskCache } from '../state/task-cache.ts';

/** Takes tasks that have changed out of the cache. */
export const manifest = defineApp({
  appId: 'todo-cache-invalidator',
  description: 'Takes tasks that have changed out of the cache.',
  port: 8080,
  source: '/todo/cache-invalidator',
  subscribes: [TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted],
  state: [TaskCache],
});
