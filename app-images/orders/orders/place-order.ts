import { randomUUID } from 'node:crypto';
import type { EventData } from '@cdk8s-event-platform/contracts';
import { answer, type Api, HttpProblem, type Transaction } from '@cdk8s-event-platform/runtime';
import { type OrderCreated, OrderPlaced } from '../events/index.ts';
import { ADDRESS, AMOUNT, ITEMS, ORDER_ID, SAGA, SKU, USER_ID } from '../events/properties.ts';
import { order } from './order.ts';

type Items = EventData<typeof OrderCreated>['items'];

const PLACE = {
  type: 'object',
  required: ['user_id', 'items', 'shipping_address'],
  properties: { user_id: USER_ID, items: ITEMS, shipping_address: ADDRESS, saga: SAGA },
  additionalProperties: false,
} as const;
const PLACED = {
  type: 'object',
  required: ['order_id', 'total_amount'],
  properties: { order_id: ORDER_ID, total_amount: AMOUNT },
} as const;
const PRICE = {
  type: 'object',
  required: ['price'],
  properties: { price: { ...AMOUNT, maximum: 1_000_000_000 } },
  additionalProperties: false,
} as const;

/** The address of a customer, as it was when it was last heard of: the user service may be down. */
async function emailOf(tx: Transaction, userId: string): Promise<string> {
  const { rows } = await tx.query<{ email: string }>(
    'SELECT email FROM shop_customers WHERE user_id = $1',
    [userId],
  );
  if (rows[0] === undefined) {
    throw new HttpProblem(422, `user ${userId.slice(0, 64)} is not known, or not yet`);
  }
  return rows[0].email;
}

async function totalOf(tx: Transaction, items: Items): Promise<number> {
  const { rows } = await tx.query<{ sku: string; price: string }>(
    'SELECT sku, price FROM shop_prices WHERE sku = ANY ($1)',
    [items.map(({ sku }) => sku)],
  );
  const prices = new Map(rows.map(({ sku, price }) => [sku, Number(price)]));
  const unknown = items.filter(({ sku }) => !prices.has(sku));
  if (unknown.length > 0) {
    throw new HttpProblem(
      422,
      `nothing is sold as ${unknown.map(({ sku }) => sku).join(', ')}`.slice(0, 200),
    );
  }
  return items.reduce((total, { sku, quantity }) => total + prices.get(sku)! * quantity, 0);
}

/** Routes that take orders, and say what they cost. */
export function placeOrders(api: Api): void {
  api.put(
    '/api/prices/:sku',
    { summary: 'Says what an article costs.', body: PRICE },
    async (tx, { params: { sku = '' }, body: { price } }) => {
      if (!new RegExp(SKU.pattern).test(sku)) {
        throw new HttpProblem(422, `an article is named by 1 to 32 letters, digits, '-' and '_'`);
      }
      await tx.query(
        `INSERT INTO shop_prices VALUES ($1, $2)
         ON CONFLICT (sku) DO UPDATE SET price = excluded.price`,
        [sku, price],
      );
      return { sku, price };
    },
  );
  api.post(
    '/api/orders',
    {
      summary: 'Places an order.',
      body: PLACE,
      idempotencyKeyRequired: true,
      answers: { 202: { schema: PLACED } },
    },
    async (tx, { body: { saga = 'choreography', ...body } }) => {
      const created = {
        ...{ ...body, saga, order_id: randomUUID() },
        user_email: await emailOf(tx, body.user_id),
        total_amount: await totalOf(tx, body.items),
      };
      const { order_id, user_id, items, total_amount } = created;
      await order.handle(tx, order_id, { type: 'create', order: created });
      if (saga === 'choreography') {
        await tx.publish(OrderPlaced, { order_id, user_id, items, amount: total_amount });
      }
      const location = `/api/orders/${order_id}`;
      return answer(202, { order_id, total_amount }, { location });
    },
  );
}
