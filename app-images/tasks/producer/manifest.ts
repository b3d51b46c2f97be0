import { TaskCreated } from '../events/index.ts';
import { defineApp } from '@cdk8s-event-platform/contracts';

/** Takes new tasks over HTTP and publishes them. */
export const manifest = defineApp({
  appId: 'producer',
  description: 'Takes new tasks over HTTP and publishes them.',
  port: 8080,
  source: '/producer-service',
  publishes: [TaskCreated],
  migrations: [
    {
      // Of a version that kept requests in a table of its own; its successor is the runtime's.
      name: '0400-accepted-tasks',
      sql: `CREATE TABLE accepted_tasks (
  idempotency_key text COLLATE "C" PRIMARY KEY,
  fingerprint text NOT NULL,
  data json NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX accepted_tasks_accepted_at ON accepted_tasks (accepted_at);`,
    },
  ],
});
