import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, TaskDeleted, UserRegistered } from '../events/index.ts';
import { NotificationCache } from '../state/notification-cache.ts';

/** Tells users by mail what happens to their tasks, and reminds them of open ones. */
export const manifest = defineApp({
  appId: 'todo-notifications',
  description: 'Tells users by mail what happens to their tasks, and reminds them of open ones.',
  port: 8080,
  source: '/todo/notifications',
  subscribes: [UserRegistered, TaskCreated, TaskCompleted, TaskDeleted],
  serves: true,
  notifies: true,
  state: [NotificationCache],
  jobs: [
    {
      name: 'reminders',
      description: 'Reminds users of tasks that have been open for three days.',
      schedule: '0 8 * * *',
    },
  ],
  migrations: [
    {
      name: '0200-todo-notifications',
      sql: `CREATE TABLE todo_contacts (
  user_id text COLLATE "C" PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL
);
CREATE TABLE todo_notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  subject text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX todo_notifications_user ON todo_notifications (user_id, id);
CREATE TABLE todo_open_tasks (
  task_id bigint PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  title text NOT NULL,
  created_at timestamptz NOT NULL,
  closed boolean NOT NULL
);
CREATE INDEX todo_open_tasks_age ON todo_open_tasks (created_at) WHERE NOT closed;`,
    },
  ],
});
