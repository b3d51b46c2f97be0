import { TaskCreated } from '../events/index.ts';
import { batch, consumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** More tasks for their users and the days, in UTC, on which they were created. */
export const analyticsAggregator = consumer(
  manifest,
  batch(TaskCreated, async (tx, events) => {
    // In the order of the key, so that two deliveries wait for each other instead of deadlocking.
    await tx.query(
      `INSERT INTO aggregations AS present (metric, day, user_id, count)
       SELECT 'tasks_created', (created_at AT TIME ZONE 'UTC')::date AS day, user_id, count(*)
       FROM unnest($1::timestamptz[], $2::text[]) AS created (created_at, user_id)
       GROUP BY day, user_id ORDER BY day, user_id
       ON CONFLICT (metric, day, user_id) DO UPDATE SET count = present.count + excluded.count`,
      [events.map(({ data }) => data.created_at), events.map(({ data }) => data.user_id)],
    );
  }),
);
