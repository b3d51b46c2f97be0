import { defineApp } from '@cdk8s-event-platform/contracts';

/** Sends clients to where routes lead. */
export const manifest = defineApp({
  appId: 'traffic-gateway',
  description: 'Sends clients to where routes lead.',
  port: 8080,
  serves: true,
  source: '/traffic/gateway',
});
