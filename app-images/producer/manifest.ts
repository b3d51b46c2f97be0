import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { defineImage } from '../../constructs/contracts/index.ts';

/** Takes new tasks over HTTP and publishes them. */
export const manifest = defineImage({
  appId: 'producer',
  description: 'Takes new tasks over HTTP and publishes them.',
  port: 8080,
  publishes: [TaskCreated],
});
