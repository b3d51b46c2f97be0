import {
  each,
  type EventTransaction,
  handles,
  HttpProblem,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';
import {
  ItemsReleased,
  ItemsReserved,
  ItemsUnavailable,
  OrderCancelled,
  OrderPlaced,
  PaymentProcessed,
  ReleaseItems,
  ReserveItems,
} from '../events/index.ts';
import { SKU } from '../events/properties.ts';
import { noteOrder, release, type Reservation, reserve } from './reservations.ts';

const STOCK = {
  type: 'object',
  required: ['sku', 'available'],
  properties: { sku: SKU, available: { type: 'integer' } },
} as const;
const DELIVERY = {
  type: 'object',
  required: ['quantity'],
  properties: { quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 } },
  additionalProperties: false,
} as const;

/** Sets items aside once it is known what was ordered, and that it was paid: either may be heard of first. */
async function reserveOnceBothAreKnown(
  tx: EventTransaction,
  orderId: string,
  { status, items, is_paid: isPaid }: Reservation,
): Promise<void> {
  if (status !== 'open' || items === null || !isPaid) {
    return;
  }
  const reserved = await reserve(tx, orderId, items);
  await (reserved.outcome === 'reserved'
    ? tx.publish(ItemsReserved, { order_id: orderId })
    : tx.publish(ItemsUnavailable, { order_id: orderId, reason: reserved.reason }));
}

/** The stock, by the events of an order as well as by commands. */
export const parts: ServiceParts = {
  on: [
    each(OrderPlaced, async (tx, { data: { order_id: id, items } }) =>
      reserveOnceBothAreKnown(tx, id, await noteOrder(tx, id, { items })),
    ),
    each(PaymentProcessed, async (tx, { data: { order_id: id } }) =>
      reserveOnceBothAreKnown(tx, id, await noteOrder(tx, id, { isPaid: true })),
    ),
    each(OrderCancelled, async (tx, { data: { order_id: id } }) => {
      if (await release(tx, id)) {
        await tx.publish(ItemsReleased, { order_id: id });
      }
    }),
    handles(ReserveItems, (tx, { data }) => reserve(tx, data.order_id, data.items)),
    handles(ReleaseItems, async (tx, { data }) => {
      await release(tx, data.order_id);
      return { outcome: 'released' };
    }),
  ],
  routes: (api) => {
    api.post(
      '/api/stock/:sku/deliveries',
      {
        summary: 'Adds what was delivered to the stock.',
        body: DELIVERY,
        idempotencyKeyRequired: true,
        answers: { 200: { schema: STOCK } },
      },
      async (tx, { params: { sku = '' }, body: { quantity } }) => {
        if (!new RegExp(SKU.pattern).test(sku)) {
          throw new HttpProblem(422, `an article is named by 1 to 32 letters, digits, '-' and '_'`);
        }
        const { rows } = await tx.query<{ available: string }>(
          `INSERT INTO shop_stock AS s VALUES ($1, $2)
           ON CONFLICT (sku) DO UPDATE SET available = s.available + excluded.available RETURNING available`,
          [sku, quantity],
        );
        return { sku, available: Number(rows[0]!.available) };
      },
    );
    api.get(
      '/api/stock/:sku',
      { summary: 'Shows how much of an article is there.', answers: { 200: { schema: STOCK } } },
      async (tx, { params: { sku = '' } }) => {
        const { rows } = await tx.query<{ available: string }>(
          'SELECT available FROM shop_stock WHERE sku = $1',
          [sku],
        );
        if (rows[0] === undefined) {
          throw new HttpProblem(404, `there is no article ${sku.slice(0, 32)}`);
        }
        return { sku, available: Number(rows[0].available) };
      },
    );
  },
};
