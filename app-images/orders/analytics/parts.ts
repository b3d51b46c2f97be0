import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  batch,
  type CloudEvent,
  type Handler,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';
import { OrderCancelled, OrderCreated, OrderShipped, UserRegistered } from '../events/index.ts';

/** Counts events by their day, all of a delivery at once. */
function counts(
  contract: EventContract,
  name: string,
  amountOf: (event: CloudEvent) => number = () => 0,
): Handler {
  return batch(contract, async (tx, events) => {
    await tx.query(
      `INSERT INTO shop_daily AS d (day, event, n, amount)
       SELECT (at AT TIME ZONE 'UTC')::date, $1, count(*), sum(amount)
       FROM unnest($2::timestamptz[], $3::bigint[]) AS counted (at, amount) GROUP BY 1 ORDER BY 1
       ON CONFLICT (day, event) DO UPDATE SET n = d.n + excluded.n, amount = d.amount + excluded.amount`,
      [name, events.map(({ time }) => time), events.map(amountOf)],
    );
  });
}

/** What happened on each day. */
export const parts: ServiceParts = {
  on: [
    counts(UserRegistered, 'users'),
    counts(OrderCreated, 'orders'),
    counts(OrderShipped, 'sales', ({ data }) => (data as { amount: number }).amount),
    counts(OrderCancelled, 'cancellations'),
  ],
  routes: (api) => {
    api.get('/api/analytics/days', { summary: 'Shows the newest 31 days.' }, async (tx) => {
      const { rows } = await tx.query<{ n: string; amount: string }>(
        `SELECT day::text, event, n, amount FROM shop_daily
           WHERE day > (SELECT max(day) FROM shop_daily) - 31 ORDER BY day DESC, event`,
      );
      return {
        days: rows.map((row) => ({ ...row, n: Number(row.n), amount: Number(row.amount) })),
      };
    });
  },
};
