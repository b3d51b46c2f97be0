import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { consumer, each } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** One row in `tasks` for each task. */
export const taskProcessor = consumer(
  manifest,
  each(TaskCreated, async (tx, { source, id, data }) => {
    await tx.query(
      `INSERT INTO tasks (event_source, event_id, task_id, user_id, title, description, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [source, id, data.task_id, data.user_id, data.title, data.description, data.created_at],
    );
  }),
);
