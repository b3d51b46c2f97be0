import { type Api, answer } from '@cdk8s-event-platform/runtime';
import { OrderPlaced } from '../../events/order-placed.ts';

const BODY = {
  type: 'object',
  required: ['customer_id'],
  additionalProperties: false,
  properties: { customer_id: { type: 'string', minLength: 1, maxLength: 64 } },
} as const;

/** The event is committed with the answer, and published from there, whether or not the broker is up. */
export function routes(api: Api): void {
  api.post('/orders', { body: BODY }, async (tx, { id, body }) => {
    await tx.publish(OrderPlaced, { order_id: id, customer_id: body.customer_id });
    return answer(202, { order_id: id });
  });
}
