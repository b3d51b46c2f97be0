import { defineApp } from '@cdk8s-event-platform/contracts';
import { RouteChanged } from '../events/index.ts';
import { RouteCache } from '../state/route-cache.ts';

/** Takes routes that have changed out of the cache. */
export const manifest = defineApp({
  appId: 'traffic-cache-invalidator',
  description: 'Takes routes that have changed out of the cache.',
  port: 8080,
  source: '/traffic/cache-invalidator',
  subscribes: [RouteChanged],
  state: [RouteCache],
});
