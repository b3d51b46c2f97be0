import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { OrderPlaced } from '../../events/order-placed.ts';

/** What a handler writes commits with the record of its event: a redelivery changes nothing. */
export const parts: ServiceParts = {
  on: [
    each(OrderPlaced, async (tx, { data }) => {
      await tx.query(
        `INSERT INTO customer_orders VALUES ($1, 1)
         ON CONFLICT (customer_id) DO UPDATE SET count = customer_orders.count + 1`,
        [data.customer_id],
      );
    }),
  ],
};
