import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, UserRegistered } from '../events/index.ts';

/** Counts by day who registers, and what is created and completed. */
export const manifest = defineApp({
  appId: 'todo-analytics',
  description: 'Counts by day who registers, and what is created and completed.',
  port: 8080,
  source: '/todo/analytics',
  subscribes: [UserRegistered, TaskCreated, TaskCompleted],
  serves: true,
  migrations: [
    {
      name: '0300-todo-statistics',
      sql: `CREATE TABLE todo_statistics (
  metric text NOT NULL,
  day date NOT NULL,
  count bigint NOT NULL,
  minutes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (metric, day)
);`,
    },
  ],
});
