import { TaskCreated } from '../events/index.ts';
import { defineApp } from '@cdk8s-event-platform/contracts';

/** Keeps a row for every task. */
export const manifest = defineApp({
  appId: 'task-processor',
  description: 'Keeps a row for every task.',
  port: 8080,
  subscribes: [TaskCreated],
  migrations: [
    {
      name: '0100-tasks',
      sql: `CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_source text NOT NULL,
  event_id text NOT NULL,
  task_id bigint NOT NULL,
  user_id text NOT NULL,
  title text NOT NULL,
  description text,
  created_at timestamptz NOT NULL
);
CREATE INDEX tasks_user_id ON tasks (user_id);`,
    },
  ],
});
