import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
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
import { permutations, type SampleOrder, sampleOrder } from '../testing/sample-order.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

/** An order of two of an article of its own, of which some are there. */
async function orderOf(available: number): Promise<{ order: SampleOrder; sku: string }> {
  const sku = `sku-${Math.random().toString(36).slice(2)}`;
  if (available > 0) {
    await app.request('POST', `/api/stock/${sku}/deliveries`, {
      ...{ body: { quantity: available }, headers: { 'idempotency-key': sku } },
    });
  }
  return { sku, order: sampleOrder({ items: [{ sku, quantity: 2 }] }) };
}

async function inStock(sku: string): Promise<unknown> {
  const { body } = await app.request('GET', `/api/stock/${sku}`);
  return (body as { available?: number }).available;
}

async function saidOf({ id }: SampleOrder): Promise<string[]> {
  const all = await Promise.all(
    [ItemsReserved, ItemsUnavailable, ItemsReleased].map((contract) => app.published(contract)),
  );
  return all
    .flat()
    .filter(({ data }) => data.order_id === id.order_id)
    .map(({ type }) => type.split('.').at(-1)!);
}

type What = 'placed' | 'paid' | 'cancelled';

async function tell(order: SampleOrder, what: What, id: string): Promise<void> {
  const payment = { ...order.id, payment_id: randomUUID(), amount: order.placed.amount };
  await {
    placed: () => app.deliver(OrderPlaced, order.placed, { id }),
    paid: () => app.deliver(PaymentProcessed, payment, { id }),
    cancelled: () => app.deliver(OrderCancelled, order.cancelled, { id }),
  }[what]();
}

describe('by events', () => {
  it.each(permutations<What>(['placed', 'paid']))('sets items aside: %s, %s', async (...way) => {
    const { order, sku } = await orderOf(5);
    for (const what of way) {
      await tell(order, what, `${order.id.order_id}-${what}`);
    }
    expect([await inStock(sku), await saidOf(order)]).toEqual([3, ['reserved']]);
  });

  it('sets nothing aside that was not paid for', async () => {
    const { order, sku } = await orderOf(5);
    await tell(order, 'placed', order.id.order_id);
    expect([await inStock(sku), await saidOf(order)]).toEqual([5, []]);
  });

  it('takes all items or none', async () => {
    const { order, sku } = await orderOf(1);
    await tell(order, 'placed', `${order.id.order_id}-1`);
    await tell(order, 'paid', `${order.id.order_id}-2`);
    expect([await inStock(sku), await saidOf(order)]).toEqual([1, ['unavailable']]);
  });

  it.each(permutations<What>(['placed', 'paid', 'cancelled']))(
    'a cancelled order holds nothing back: %s, %s, %s',
    async (...way) => {
      const { order, sku } = await orderOf(5);
      for (const [index, what] of [...way, ...way].entries()) {
        await tell(order, what, `${order.id.order_id}-${index}`);
      }
      expect(await inStock(sku)).toBe(5);
      expect(await saidOf(order)).toEqual(way[2] === 'cancelled' ? ['reserved', 'released'] : []);
    },
  );
});

describe('by commands', () => {
  async function ask(order: SampleOrder, way: readonly string[]): Promise<string[]> {
    const { items } = order.created;
    for (const [index, what] of way.entries()) {
      const envelope = { id: `${order.id.order_id}-${index}`, replyto: 'shop-orchestrator' };
      await (what === 'reserve'
        ? app.deliver(ReserveItems, { ...order.id, items }, envelope)
        : app.deliver(ReleaseItems, order.id, envelope));
    }
    const answers = [
      ...(await app.published(ReserveItems.reply)),
      ...(await app.published(ReleaseItems.reply)),
    ];
    return way.map(
      (_, index) =>
        answers.find(({ data }) => data.request_id === `${order.id.order_id}-${index}`)!.data.reply
          .outcome,
    );
  }

  it.each([
    [5, ['reserve', 'reserve'], ['reserved', 'reserved'], 3],
    [5, ['reserve', 'release', 'release'], ['reserved', 'released', 'released'], 5],
    [5, ['release', 'reserve'], ['released', 'out-of-stock'], 5],
    [5, ['reserve', 'release', 'reserve'], ['reserved', 'released', 'out-of-stock'], 5],
    [1, ['reserve', 'release'], ['out-of-stock', 'released'], 1],
    [0, ['reserve'], ['out-of-stock'], undefined],
  ] as const)('with %d: %j: %j', async (available, way, answers, left) => {
    const { order, sku } = await orderOf(available);
    expect(await ask(order, way)).toEqual(answers);
    expect(await inStock(sku)).toBe(left);
  });

  it('never sets aside more than there is, whatever comes at the same time', async () => {
    const { order, sku } = await orderOf(5);
    const { items } = order.created;
    const orders = Array.from({ length: 8 }, () =>
      sampleOrder({ items: [...items, { sku, quantity: 1 }] }),
    );
    const answers = await Promise.all(orders.map((each) => ask(each, ['reserve'])));
    // An article that is listed twice counts with both quantities.
    expect(answers.filter(([answer]) => answer === 'reserved')).toHaveLength(1);
    expect(await inStock(sku)).toBe(2);
  });

  it('refuses an article that cannot be one', async () => {
    const { status } = await app.request('POST', '/api/stock/a%20b/deliveries', {
      ...{ body: { quantity: 1 }, headers: { 'idempotency-key': 'odd' } },
    });
    expect(status).toBe(422);
  });
});
