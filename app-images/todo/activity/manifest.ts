import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';

/** Keeps what users have done to their tasks. */
export const manifest = defineApp({
  appId: 'todo-activity',
  description: 'Keeps what users have done to their tasks.',
  port: 8080,
  source: '/todo/activity',
  subscribes: [TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted],
  serves: true,
  migrations: [
    {
      name: '0500-todo-activity',
      sql: `CREATE TABLE todo_activity (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  task_id bigint NOT NULL,
  action text NOT NULL,
  details jsonb NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX todo_activity_user ON todo_activity (user_id, id);`,
    },
  ],
});
