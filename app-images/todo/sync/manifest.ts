import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';

/** Tells other services of tasks, by signed webhooks. */
export const manifest = defineApp({
  appId: 'todo-sync',
  description: 'Tells other services of tasks, by signed webhooks.',
  port: 8080,
  source: '/todo/sync',
  subscribes: [TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted],
});
