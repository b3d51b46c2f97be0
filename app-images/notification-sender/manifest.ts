import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { defineImage } from '../../constructs/contracts/index.ts';

/** Notifies users of their new tasks. */
export const manifest = defineImage({
  appId: 'notification-sender',
  description: 'Notifies users of their new tasks.',
  port: 8080,
  subscribes: [TaskCreated],
  notifies: true,
});
