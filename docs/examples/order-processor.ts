import { batch, consumer, startConsumer } from '@cdk8s-event-platform/runtime';
import { OrderPlaced, orderProcessor } from './order-contracts.ts';

startConsumer(
  consumer(
    orderProcessor,
    batch(OrderPlaced, async (tx, events) => {
      await tx.query('INSERT INTO orders SELECT * FROM unnest($1::text[], $2::text[])', [
        events.map(({ data }) => data.order_id),
        events.map(({ data }) => data.customer_id),
      ]);
    }),
  ),
);
