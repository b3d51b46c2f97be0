import { defineApp } from '@cdk8s-event-platform/contracts';
import { Sent } from './sent.ts';

/** The producer whose ways to send events are measured. */
export const manifest = defineApp({
  appId: 'bench-producer',
  description: 'Takes payments.',
  port: 8080,
  publishes: [Sent],
  serves: true,
});
