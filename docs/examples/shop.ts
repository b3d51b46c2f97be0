import { answer, startProducer } from '@cdk8s-event-platform/runtime';
import { OrderPlaced, shop } from './order-contracts.ts';

const PlaceOrder = {
  type: 'object',
  required: ['customer_id'],
  properties: { customer_id: { type: 'string', maxLength: 64 } },
  additionalProperties: false,
} as const;

startProducer(shop, (api) => {
  api.post('/orders', { body: PlaceOrder }, async (tx, { id, body }) => {
    await tx.publish(OrderPlaced, { order_id: id, ...body });
    return answer(202, { order_id: id });
  });
});
