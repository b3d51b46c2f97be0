import { randomUUID } from 'node:crypto';
import type { OrderCreatedData, OrderPlacedData } from '../events/index.ts';

/** Everything that is known of one order, as the events and commands about it say it. */
export interface SampleOrder {
  readonly id: { readonly order_id: string };
  readonly created: OrderCreatedData;
  readonly placed: OrderPlacedData;
  readonly cancelled: {
    readonly order_id: string;
    readonly user_id: string;
    readonly reason: string;
  };
}

/** An order with an id of its own. */
export function sampleOrder(changes: Partial<OrderCreatedData> = {}): SampleOrder {
  const created: OrderCreatedData = {
    order_id: randomUUID(),
    user_id: 'ada',
    user_email: 'ada@example.com',
    items: [
      { sku: 'book', quantity: 2 },
      { sku: 'pen', quantity: 1 },
    ],
    total_amount: 2_500,
    shipping_address: { name: 'Ada', street: 'Dorset Street 1', city: 'London', country: 'GB' },
    saga: 'choreography',
    ...changes,
  };
  const { order_id, user_id, items, total_amount: amount } = created;
  return {
    created,
    id: { order_id },
    placed: { order_id, user_id, amount, items },
    cancelled: { order_id, user_id, reason: 'changed my mind' },
  };
}

/** Every order in which some things can happen. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  return items.length <= 1
    ? [[...items]]
    : items.flatMap((item, index) =>
        permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
      );
}
