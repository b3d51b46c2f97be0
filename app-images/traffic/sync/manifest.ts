import { defineApp } from '@cdk8s-event-platform/contracts';
import { RouteChanged } from '../events/index.ts';

/** Tells other systems of routes, by signed webhooks. */
export const manifest = defineApp({
  appId: 'traffic-sync',
  description: 'Tells other systems of routes, by signed webhooks.',
  port: 8080,
  source: '/traffic/sync',
  subscribes: [RouteChanged],
});
