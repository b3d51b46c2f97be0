import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted } from '../events/index.ts';

/** Awards points and badges for completed tasks. */
export const manifest = defineApp({
  appId: 'todo-gamification',
  description: 'Awards points and badges for completed tasks.',
  port: 8080,
  source: '/todo/gamification',
  subscribes: [TaskCompleted],
  serves: true,
  migrations: [
    {
      name: '0700-todo-points',
      sql: `CREATE TABLE todo_awards (
  task_id bigint PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  points integer NOT NULL
);
CREATE TABLE todo_points (
  user_id text COLLATE "C" PRIMARY KEY,
  points bigint NOT NULL,
  completed bigint NOT NULL
);`,
    },
  ],
});
