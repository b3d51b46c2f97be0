import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { batch, consumer } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';
import { notification } from './notification.ts';

/** One notification for each task: the intention commits with the event, sending comes after it. */
export const notificationSender = consumer(
  manifest,
  batch(TaskCreated, async (tx, events) => {
    await tx.intend(
      notification,
      events.map((event) => ({
        event,
        payload: { user_id: event.data.user_id, subject: `Task created: ${event.data.title}` },
      })),
    );
  }),
  notification,
);
