import {
  type CloudEvent,
  each,
  type ServiceParts,
  type Transaction,
} from '@cdk8s-event-platform/runtime';
import { OrderCancelled, OrderPaid, OrderShipped } from '../events/index.ts';
import { USER_ID } from '../events/properties.ts';

/** Notifications that are shown. */
const SHOWN = 50;

type OrderEvent = CloudEvent<{ readonly user_id: string; readonly order_id: string }>;

async function note(tx: Transaction, { data, time }: OrderEvent, message: string): Promise<void> {
  await tx.query(
    'INSERT INTO shop_notifications (user_id, order_id, message, at) VALUES ($1, $2, $3, $4)',
    [data.user_id, data.order_id, message, time],
  );
}

/** What customers are shown. */
export const parts: ServiceParts = {
  on: [
    each(OrderPaid, (tx, event) => note(tx, event, 'paid')),
    each(OrderShipped, (tx, event) => note(tx, event, `under way: ${event.data.tracking_number}`)),
    each(OrderCancelled, (tx, event) => note(tx, event, `cancelled: ${event.data.reason}`)),
  ],
  routes: (api) => {
    api.get(
      '/api/notifications',
      {
        summary: 'Lists the newest notifications of a user.',
        query: { type: 'object', required: ['user_id'], properties: { user_id: USER_ID } } as const,
      },
      async (tx, { query: { user_id: userId } }) => {
        const { rows } = await tx.query(
          `SELECT order_id, message, at FROM shop_notifications WHERE user_id = $1
           ORDER BY n DESC LIMIT ${SHOWN}`,
          [userId],
        );
        return { notifications: rows };
      },
    );
  },
};
