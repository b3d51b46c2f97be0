import { defineApp } from '@cdk8s-event-platform/contracts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';

/** Tells other services of tasks, by signed webhooks. */
export const manifest = defineApp({
  appId: 'todo-sync',
  description: 'Tells other services of tasks, by signed webhooks.',
  port: 8080,
  source: '/todo/sync',
  subscribes: [TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted],
});

/** A service that is told of tasks. */
export interface WebhookTarget {
  /** Name of the service, e.g. `slack`. */
  readonly name: string;
  /** URL that takes the messages. */
  readonly url: string;
  /** What a message looks like. @default - `json`: type, id, time and data of the event */
  readonly format?: 'slack' | 'jira' | 'json';
}

/** Environment variables of the app. */
export const SYNC_ENV = {
  /** JSON array of {@link WebhookTarget}. @default - none */
  targets: 'WEBHOOK_TARGETS',
  /** Key that messages are signed with, Base64 of at least 24 bytes. */
  secret: 'WEBHOOK_SECRET',
} as const;
