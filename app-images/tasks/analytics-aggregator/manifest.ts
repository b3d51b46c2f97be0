import { TaskCreated } from '../events/index.ts';
import { defineApp } from '@cdk8s-event-platform/contracts';

/** Counts tasks by day and user. */
export const manifest = defineApp({
  appId: 'analytics-aggregator',
  description: 'Counts tasks by day and user.',
  port: 8080,
  subscribes: [TaskCreated],
  migrations: [
    {
      name: '0300-aggregations',
      sql: `CREATE TABLE aggregations (
  metric text NOT NULL,
  day date NOT NULL,
  user_id text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (metric, day, user_id)
);`,
    },
  ],
});
