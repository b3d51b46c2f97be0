import { defineApp } from '@cdk8s-event-platform/contracts';
import { OrderPlaced } from '../../events/order-placed.ts';

export const manifest = defineApp({
  appId: 'orders',
  description: 'Takes orders over HTTP and publishes them.',
  port: 8080,
  publishes: [OrderPlaced],
});
