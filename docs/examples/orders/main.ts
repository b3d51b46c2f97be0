import { answer, each, startService } from '@cdk8s-event-platform/runtime';
import { OrderConfirmed, OrderPlaced } from './events.ts';
import { manifest } from './manifest.ts';

const PLACE_ORDER = {
  type: 'object',
  required: ['customer_id'],
  additionalProperties: false,
  properties: { customer_id: { type: 'string', maxLength: 64 } },
} as const;

startService(manifest, {
  routes: (api) => {
    api.post('/orders', { body: PLACE_ORDER }, async (tx, { id, body }) => {
      await tx.publish(OrderPlaced, { order_id: id, customer_id: body.customer_id });
      return answer(202, { order_id: id });
    });
  },
  on: [
    each(OrderPlaced, async (tx, { data }) => {
      await tx.query('INSERT INTO orders VALUES ($1, $2)', [data.order_id, data.customer_id]);
      await tx.publish(OrderConfirmed, data);
    }),
  ],
});
