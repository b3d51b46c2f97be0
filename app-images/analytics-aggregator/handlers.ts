import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { consumer, each } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** One more task for its user and the day, in UTC, on which it was created. */
export const analyticsAggregator = consumer(
  manifest,
  each(TaskCreated, async (tx, { data }) => {
    await tx.query(
      `INSERT INTO aggregations AS present (metric, day, user_id, count)
       VALUES ('tasks_created', ($1::timestamptz AT TIME ZONE 'UTC')::date, $2, 1)
       ON CONFLICT (metric, day, user_id) DO UPDATE SET count = present.count + 1`,
      [data.created_at, data.user_id],
    );
  }),
);
