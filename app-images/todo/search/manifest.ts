import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';

/** Finds tasks by their words. */
export const manifest = defineApp({
  appId: 'todo-search',
  description: 'Finds tasks by their words.',
  port: 8080,
  source: '/todo/search',
  subscribes: [TaskCreated, TaskUpdated, TaskDeleted],
  serves: true,
  migrations: [
    {
      name: '0400-todo-search',
      sql: `CREATE TABLE todo_search (
  task_id bigint PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL,
  title text NOT NULL DEFAULT '',
  title_at timestamptz NOT NULL DEFAULT '-infinity',
  description text NOT NULL DEFAULT '',
  description_at timestamptz NOT NULL DEFAULT '-infinity',
  deleted boolean NOT NULL DEFAULT false,
  words tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', description), 'B')) STORED
);
CREATE INDEX todo_search_words ON todo_search USING gin (words);
CREATE INDEX todo_search_user ON todo_search (user_id);`,
    },
  ],
});
