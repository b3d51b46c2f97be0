import { defineApp } from '@cdk8s-event-platform/contracts';
import { ProbeRoute, RouteProbed } from '../events/index.ts';

/** Finds out whether something answers where routes lead. */
export const manifest = defineApp({
  appId: 'traffic-prober',
  description: 'Finds out whether something answers where routes lead.',
  port: 8080,
  source: '/traffic/prober',
  subscribes: [ProbeRoute],
  publishes: [RouteProbed],
});
