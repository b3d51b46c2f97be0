import { defineApp } from '@cdk8s-event-platform/contracts';

/** Moves events that could not be delivered to the quarantine of their consumers. */
export const manifest = defineApp({
  appId: 'dead-letter-processor',
  description: 'Moves events that could not be delivered to the quarantine of their consumers.',
  port: 8080,
});
