import { TaskCreated } from '../events/index.ts';
import { defineApp } from '@cdk8s-event-platform/contracts';

/** Notifies users of their new tasks. */
export const manifest = defineApp({
  appId: 'notification-sender',
  description: 'Notifies users of their new tasks.',
  port: 8080,
  subscribes: [TaskCreated],
  notifies: true,
});
