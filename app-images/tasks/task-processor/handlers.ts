import { TaskCreated } from '../events/index.ts';
import { batch, consumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** One row in `tasks` for each task. */
export const taskProcessor = consumer(
  manifest,
  batch(TaskCreated, async (tx, events) => {
    await tx.query(
      `INSERT INTO tasks (event_source, event_id, task_id, user_id, title, description, created_at)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])`,
      [
        events.map(({ source }) => source),
        events.map(({ id }) => id),
        events.map(({ data }) => data.task_id),
        events.map(({ data }) => data.user_id),
        events.map(({ data }) => data.title),
        events.map(({ data }) => data.description ?? null),
        events.map(({ data }) => data.created_at),
      ],
    );
  }),
);
