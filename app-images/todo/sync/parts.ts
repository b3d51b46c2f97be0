import {
  batch,
  type EventTransaction,
  type ServiceParts,
  webhooks,
  type WebhookSettings,
} from '@cdk8s-event-platform/runtime';
import { isAboutErased } from '../erased.ts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { type Format, messageOf, type TaskEvent } from './messages.ts';

/** Tells each service of each event, unless somebody was erased whom it is about. */
export function syncParts(settings: WebhookSettings<Format>): ServiceParts {
  const { effects, tell: tellAll } = webhooks(settings, messageOf);
  const tell = (tx: EventTransaction, events: readonly TaskEvent[]) =>
    tellAll(
      tx,
      events.filter(({ data }) => !isAboutErased(data)),
    );
  return {
    on: [
      batch(TaskCreated, tell),
      batch(TaskUpdated, tell),
      batch(TaskCompleted, tell),
      batch(TaskDeleted, tell),
      ...effects,
    ],
  };
}
