import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCreated, TaskDeleted } from '../events/index.ts';

/** Keeps comments on tasks, and removes them with their task. */
export const manifest = defineApp({
  appId: 'todo-comments',
  description: 'Keeps comments on tasks, and removes them with their task.',
  port: 8080,
  source: '/todo/comments',
  subscribes: [TaskCreated, TaskDeleted],
  serves: true,
  jobs: [
    {
      name: 'cleanup',
      description: 'Forgets tasks that were deleted long ago.',
      schedule: '30 3 * * *',
    },
  ],
  migrations: [
    {
      name: '0800-todo-comments',
      sql: `CREATE TABLE todo_commented_tasks (
  task_id bigint PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  deleted_at timestamptz
);
CREATE TABLE todo_comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bigint NOT NULL REFERENCES todo_commented_tasks ON DELETE CASCADE,
  user_id text COLLATE "C" NOT NULL,
  text text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX todo_comments_task ON todo_comments (task_id, id);`,
    },
  ],
});
