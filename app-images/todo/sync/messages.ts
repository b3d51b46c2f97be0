import type { CloudEvent } from '@cdk8s-event-platform/runtime';

/** What messages may look like. By default they have type, id, time and data of the event. */
export const FORMATS = ['json', 'slack', 'jira'] as const;

/** What a message looks like. */
export type Format = (typeof FORMATS)[number];

/** An event about a task. */
export type TaskEvent = CloudEvent<{ readonly task_id: number; readonly user_id: string }>;

/** What has happened, in one line: `task 7 completed: Buy milk`. */
function line({ type, data }: TaskEvent): string {
  const { title } = data as { readonly title?: string };
  const what = `task ${data.task_id} ${type.slice(type.lastIndexOf('.') + 1)}`;
  return title === undefined ? what : `${what}: ${title}`;
}

/** The message about an event, as a service expects it. */
export function messageOf(event: TaskEvent, { format }: { readonly format: Format }): object {
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
