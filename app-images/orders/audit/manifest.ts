import { defineApp, defineStreams, type EventContract } from '@cdk8s-event-platform/contracts';
import {
  CancellationRequested,
  EmailQueued,
  ItemsReleased,
  ItemsReserved,
  ItemsUnavailable,
  OrderCancelled,
  OrderCreated,
  OrderFulfilled,
  OrderPaid,
  OrderPlaced,
  OrderShipped,
  OrderUnfulfilled,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  ShipmentCreated,
  ShipmentFailed,
  UserRegistered,
} from '../events/index.ts';

/** Every event of the platform. */
export const AUDITED: readonly EventContract[] = [
  UserRegistered,
  OrderCreated,
  OrderPlaced,
  OrderPaid,
  OrderShipped,
  CancellationRequested,
  OrderCancelled,
  PaymentProcessed,
  PaymentFailed,
  PaymentRefunded,
  ItemsReserved,
  ItemsUnavailable,
  ItemsReleased,
  ShipmentCreated,
  ShipmentFailed,
  OrderFulfilled,
  OrderUnfulfilled,
  EmailQueued,
];

/** What has happened to one order, or to one user, wherever it has happened. */
export const AuditTrail = defineStreams({
  name: 'audit-trail',
  description: 'What has happened to one order, or to one user, wherever it has happened.',
  events: AUDITED,
});

/** Keeps every event, which nobody can change. */
export const manifest = defineApp({
  appId: 'shop-audit',
  description: 'Keeps every event, which nobody can change.',
  port: 8080,
  source: '/shop/audit',
  subscribes: AUDITED,
  streams: [AuditTrail],
  serves: true,
});
