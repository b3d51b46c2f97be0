import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { consumer, each } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** One pending notification for each task: the intent commits with the event, sending is apart. */
export const notificationSender = consumer(
  manifest,
  each(TaskCreated, async (tx, { source, id, data }) => {
    await tx.query(
      'INSERT INTO notifications (event_source, event_id, user_id, subject) VALUES ($1, $2, $3, $4)',
      [source, id, data.user_id, `Task created: ${data.title}`],
    );
  }),
);
