import type { CloudEvent } from '@cdk8s-event-platform/runtime';
import type { WebhookTarget } from './manifest.ts';

/** An event about a task. */
export type TaskEvent = CloudEvent<{ readonly task_id: number; readonly user_id: string }>;

/** What has happened, in one line: `task 7 completed: Buy milk`. */
function line({ type, data }: TaskEvent): string {
  const { title } = data as { readonly title?: string };
  const what = `task ${data.task_id} ${type.slice(type.lastIndexOf('.') + 1)}`;
  return title === undefined ? what : `${what}: ${title}`;
}

/** The message about an event, as a service expects it. */
export function messageOf(
  { format = 'json' }: Pick<WebhookTarget, 'format'>,
  event: TaskEvent,
): object {
  const { id, type, time, data } = event;
  switch (format) {
    case 'slack':
      return { text: line(event) };
    case 'jira':
      return { issues: [`TODO-${data.task_id}`], summary: line(event), fields: data };
    case 'json':
      return { id, type, time, data };
  }
}
