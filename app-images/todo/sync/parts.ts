import {
  batch,
  type EventTransaction,
  type ServiceParts,
  sideEffect,
} from '@cdk8s-event-platform/runtime';
import { isAboutErased } from '../erased.ts';
import { TaskCompleted, TaskCreated, TaskDeleted, TaskUpdated } from '../events/index.ts';
import { messageOf, type TaskEvent } from './messages.ts';
import type { SyncSettings } from './settings.ts';
import { post } from './webhook.ts';

/** Tells each service of each event: the request commits with the event, and each service is tried by itself. */
export function syncParts({ targets, secret }: SyncSettings): ServiceParts {
  const services = targets.map((target) => ({
    target,
    effect: sideEffect<object>(target.name, (request) => post(target, secret, request)),
  }));
  const tell = async (tx: EventTransaction, all: readonly TaskEvent[]): Promise<void> => {
    const events = all.filter(({ data }) => !isAboutErased(data));
    for (const { target, effect } of services) {
      await tx.schedule(
        effect,
        events.map((event) => ({ event, payload: messageOf(target, event) })),
      );
    }
  };
  return {
    on: [
      batch(TaskCreated, tell),
      batch(TaskUpdated, tell),
      batch(TaskCompleted, tell),
      batch(TaskDeleted, tell),
      ...services.map(({ effect }) => effect),
    ],
  };
}
