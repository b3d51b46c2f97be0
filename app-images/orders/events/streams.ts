import { defineStreams } from '@cdk8s-event-platform/contracts';
import { OrderCancelled, OrderCreated, OrderPaid, OrderShipped } from './order-events.ts';

/** What has happened to one order: its state follows from it. All of it is published, too. */
export const Orders = defineStreams({
  name: 'orders',
  description: 'What has happened to one order.',
  events: [OrderCreated, OrderPaid, OrderShipped, OrderCancelled],
});
