import { TaskCreated } from '../events/index.ts';
import { batch, type Consumer, consumer, notifications } from '@cdk8s-event-platform/runtime';
import { manifest } from './manifest.ts';

/** What somebody is told of a task. */
function taskCreated(title: string): { subject: string; text: string } {
  return {
    subject: `Task created: ${title}`,
    text: `Hello,\n\nyou have a new task:\n\n  ${title}\n`,
  };
}

/**
 * One notification for each task: the request commits with the event, sending comes after it.
 *
 * @param notification sends them. @default - as the variables of the process say
 */
export function notificationSender(notification = notifications()): Consumer {
  return consumer(
    manifest,
    batch(TaskCreated, async (tx, events) => {
      await tx.schedule(
        notification,
        events.map((event) => ({
          event,
          payload: { recipient: event.data.user_id, ...taskCreated(event.data.title) },
        })),
      );
    }),
    notification,
  );
}
