import { defineApp } from '@cdk8s-event-platform/contracts';
import {
  CancellationRequested,
  OrderCreated,
  OrderFulfilled,
  OrderUnfulfilled,
  PlaceOrder,
} from '../events/index.ts';

/** Leads orders through their steps by commands. */
export const manifest = defineApp({
  appId: 'shop-orchestrator',
  description: 'Leads orders through their steps by commands.',
  port: 8080,
  source: '/shop/orchestrator',
  publishes: [OrderFulfilled, OrderUnfulfilled],
  subscribes: [OrderCreated, CancellationRequested],
  // It keeps nothing of what is personal in the events.
  erases: false,
  sagas: [PlaceOrder],
});
