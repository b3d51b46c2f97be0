import { afterEach, describe, expect, it } from 'vitest';
import { OrdersInTest } from './orders-in-test.ts';

const running = new Set<OrdersInTest>();
afterEach(async () => {
  await Promise.all([...running].map((shop) => shop.stop()));
  running.clear();
});

async function start(): Promise<OrdersInTest> {
  const shop = await OrdersInTest.start();
  running.add(shop);
  return shop;
}

const NOTHING_WRONG = { lost: [], doubled: [], quarantined: [], deadLettered: [], waiting: [] };
const ANTARCTICA = { name: 'Ada', street: 'McMurdo Station', city: 'Ross Island', country: 'AQ' };

describe.each(['choreography', 'orchestration'] as const)('by %s', { timeout: 60_000 }, (saga) => {
  it('pays, sets aside and sends an order', async () => {
    const shop = await start();
    const user_id = await shop.user(25);
    await shop.deliver('book', 5);
    const id = await shop.place({ saga, user_id, items: [{ sku: 'book', quantity: 2 }] });
    await shop.platform.settle();
    expect(await shop.order(id)).toMatchObject({ status: 'shipped', is_paid: true });
    expect([await shop.balance(user_id), await shop.inStock('book')]).toEqual([5, 3]);
    expect(await shop.shipment(id)).toBe('created');
    expect(await shop.get('shop-orders', `/api/orders?user_id=${user_id}`)).toMatchObject({
      orders: [{ order_id: id, status: 'shipped', is_paid: true, total_amount: 20 }],
    });
    expect(await shop.platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it.each([
    ['a customer cannot pay', { money: 9, books: 5 }, {}, 'void'],
    ['nothing is in stock', { money: 25, books: 0 }, {}, 'void'],
    ['nobody delivers there', { money: 25, books: 5 }, { shipping_address: ANTARCTICA }, 'refused'],
  ])('undoes everything when %s', async (_why, { money, books }, wish, shipment) => {
    const shop = await start();
    const user_id = await shop.user(money);
    if (books > 0) {
      await shop.deliver('book', books);
    }
    const id = await shop.place({ saga, user_id, ...wish });
    await shop.platform.settle();
    expect(await shop.order(id)).toMatchObject({ status: 'cancelled' });
    expect(await shop.balance(user_id)).toBe(money);
    expect(books === 0 || (await shop.inStock('book')) === books).toBe(true);
    expect(await shop.shipment(id)).toBe(shipment);
    expect(await shop.platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('cancels an order or sends it, and never both', async () => {
    const shop = await start();
    const user_id = await shop.user(25);
    await shop.deliver('book', 5);
    const id = await shop.place({ saga, user_id });
    // At once: the order is on its way through the services.
    const { status } = await shop.post('shop-orders', `/api/orders/${id}/cancel`, {
      reason: 'changed_mind',
    });
    expect([202, 409]).toContain(status);
    await shop.platform.settle();
    const { status: ended } = await shop.order(id);
    const sold = ended === 'shipped' ? 1 : 0;
    expect(['shipped', 'cancelled']).toContain(ended);
    expect([await shop.balance(user_id), await shop.inStock('book')]).toEqual([
      ...[25 - 10 * sold, 5 - sold],
    ]);
    expect(await shop.shipment(id)).toBe(sold === 1 ? 'created' : 'void');
    expect(await shop.platform.audit()).toMatchObject(NOTHING_WRONG);
    // Too late, now.
    const again = await shop.post('shop-orders', `/api/orders/${id}/cancel`, { reason: 'other' });
    expect(again.status).toBe(sold === 1 ? 409 : 202);
  });
});
