import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';

/** Carries what others need to work on the order. */
export const OrderCreated = defineEvent({
  type: 'com.example.order.created',
  version: '1.0.0',
  topic: 'order-created',
  key: 'order_id',
  subject: 'user_id',
  description: 'An order was created.',
  schema: {
    type: 'object',
    required: ['order_id', 'user_id', 'address'],
    properties: {
      order_id: { type: 'string', maxLength: 64 },
      user_id: { type: 'string', maxLength: 64 },
      address: { type: 'string', maxLength: 200, pii: true },
    },
  },
});

/** Sends orders while the services of users and orders are down: it has all that it needs. */
export const shipping = defineApp({
  appId: 'shipping',
  description: 'Sends orders.',
  port: 8080,
  subscribes: [OrderCreated],
  migrations: [
    {
      name: '0100-parcels',
      sql: 'CREATE TABLE parcels (order_id text PRIMARY KEY, user_id text, address text)',
    },
  ],
});

export const shippingParts: ServiceParts = {
  on: [
    each(OrderCreated, async (tx, { data: { order_id: id, user_id: user, address } }) => {
      await tx.query('INSERT INTO parcels VALUES ($1, $2, $3)', [id, user, address]);
    }),
  ],
  erase: async (tx, userId) => {
    await tx.query('UPDATE parcels SET address = NULL WHERE user_id = $1', [userId]);
  },
};
