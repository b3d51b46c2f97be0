import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { each, orchestrate } from '@cdk8s-event-platform/runtime';
import { TestApp } from '@cdk8s-event-platform/runtime/testing';
import { OperatedSagas } from './operated-sagas.ts';
import { SagaStore } from './saga-store.ts';
import { BROKEN, orders, Submitted } from './testing/orders.ts';
import { OrdersInTest } from './testing/orders-in-test.ts';
import { Charge, PlaceOrder, Refund, Reserve, Ship } from './testing/place-order.ts';

let test: OrdersInTest;
let app: TestApp;
beforeAll(async () => {
  test = await OrdersInTest.start();
});
afterAll(() => test.database.drop());
beforeEach(async () => {
  await test.reset();
  ({ app } = test);
});

const submit = (id: string) => test.submit(id);
const find = (id: string) => test.find(id);

describe('an operator', () => {
  it('cancels a saga, with the step that is under way', async () => {
    await submit('o-1');
    app.answer(Refund, () => ({ outcome: 'refunded' }));
    await app.sagas.cancel(PlaceOrder, 'o-1');
    expect(await find('o-1')).toMatchObject({
      status: 'cancelled',
      cancelledBy: { step: 'payment', outcome: 'cancelled' },
    });
  });

  it('is told why a saga is not cancelled, which goes on', async () => {
    test.allAgree();
    app.answer(Ship, () => undefined);
    await submit('o-1');
    await app.sagas.settle();
    await app.sagas.cancel(PlaceOrder, 'o-1');
    expect(await find('o-1')).toMatchObject({
      status: 'running',
      refused: "the step 'shipment' cannot be undone, and its answer has not come",
    });
    app.answer(Ship, () => ({ outcome: 'created' }));
    const [ship] = await app.published(Ship);
    await app.deliver(Ship.reply, {
      ...{ request_id: ship!.id, reply_to: 'orders', reply: { outcome: 'created' } },
    });
    expect((await find('o-1'))?.status).toBe('completed');
  });

  it('is listened to when an answer comes before the app looks', async () => {
    await submit('o-1');
    const [charge] = await app.published(Charge);
    await test.ask('o-1', 'cancel');
    await app.deliver(Charge.reply, {
      ...{ request_id: charge!.id, reply_to: 'orders', reply: { outcome: 'charged' } },
    });
    test.allAgree();
    app.answer(Reserve, () => undefined);
    await app.sagas.settle();
    expect(await find('o-1')).toMatchObject({
      status: 'cancelled',
      cancelledBy: { step: 'items', outcome: 'cancelled' },
    });
  });

  it('is told that a saga has ended before the app looked', async () => {
    test.allAgree();
    app.answer(Ship, () => undefined);
    await submit('o-1');
    await app.sagas.settle();
    const [ship] = await app.published(Ship);
    await test.ask('o-1', 'cancel');
    await app.deliver(Ship.reply, {
      ...{ request_id: ship!.id, reply_to: 'orders', reply: { outcome: 'created' } },
    });
    await app.sagas.settle();
    expect(await find('o-1')).toMatchObject({
      status: 'completed',
      refused: 'the saga is completed',
    });
  });

  it('retries a saga whose undo has failed', async () => {
    test.allAgree();
    app.answer(Reserve, () => ({ outcome: 'out-of-stock' }));
    app.answer(Refund, () => ({ outcome: 'impossible' }));
    await submit('o-1');
    await app.sagas.settle();
    expect(await find('o-1')).toMatchObject({
      status: 'stuck',
      stuckBy: { step: 'payment', outcome: 'impossible' },
    });
    app.answer(Refund, () => ({ outcome: 'refunded' }));
    await app.sagas.retry(PlaceOrder, 'o-1');
    expect(await find('o-1')).toMatchObject({
      status: 'cancelled',
      cancelledBy: { step: 'items', outcome: 'out-of-stock' },
    });
  });

  it('retries a step that is overdue, whose command was discarded', async () => {
    test.allAgree();
    app.answer(Ship, () => undefined);
    await submit('o-1');
    await app.sagas.advance({ minutes: 2 });
    const overdue = async () =>
      (await new OperatedSagas(test.database.pool).find(['orders', 'place-order', 'o-1']))!
        .overdueSince;
    expect(await overdue()).toBeInstanceOf(Date);
    app.answer(Ship, () => ({ outcome: 'created' }));
    await app.sagas.retry(PlaceOrder, 'o-1');
    const { status, commands, refused } = (await find('o-1'))!;
    expect([status, refused]).toEqual(['completed', undefined]);
    expect(await overdue()).toBeUndefined();
    expect(commands.slice(-2)).toEqual([
      { step: 'shipment', action: 'request', attempt: 1 },
      { step: 'shipment', action: 'request', attempt: 2, outcome: 'created' },
    ]);
    expect(new Set((await app.published(Ship)).map(({ id }) => id)).size).toBe(2);
  });

  it('changes nothing of a saga that has ended', async () => {
    test.allAgree();
    await submit('o-1');
    await app.sagas.settle();
    const ended = () => test.database.pool.query('SELECT ended_at, due_at FROM sagas');
    const before = (await ended()).rows;
    await app.sagas.retry(PlaceOrder, 'o-1');
    expect(await find('o-1')).toMatchObject({
      status: 'completed',
      refused: expect.any(String) as string,
    });
    expect((await ended()).rows).toEqual(before);
  });
});

describe('code that fails', () => {
  it('at an answer quarantines it, and the saga is undone in time', async () => {
    test.allAgree();
    const id = `${BROKEN}-1`;
    await submit(id);
    await app.sagas.settle();
    expect(await find(id)).toMatchObject({ status: 'running', step: 'items' });
    const { rows } = await test.database.pool.query<{ cause: string }>(
      'SELECT cause FROM quarantine',
    );
    expect(rows).toEqual([
      { cause: expect.stringContaining('the code of the step fails') as string },
    ]);
    await app.sagas.advance({ minutes: 1 });
    expect(await find(id)).toMatchObject({ status: 'cancelled' });
  });

  it('at a timeout leaves the saga where it is, and others go on', async () => {
    const own = new TestApp(
      {
        manifest: orders,
        on: [
          orchestrate(PlaceOrder, { steps: placeOrderSteps() }),
          each(Submitted, () => Promise.resolve()),
        ],
      },
      test.database,
    );
    await submit('broken');
    await submit('o-2');
    own.answer(Refund, () => ({ outcome: 'refunded' }));
    await own.sagas.advance({ minutes: 6 });
    expect(await find('broken')).toMatchObject({
      status: 'running',
      error: 'no refund for broken',
    });
    expect((await find('o-2'))?.status).toBe('cancelled');
    const open = await new SagaStore('orders').open(test.database.poolOf('orders'));
    expect(open).toEqual([
      {
        saga: 'place-order',
        step: 'payment',
        status: 'running',
        action: 'request',
        count: 1,
        overdue: 1,
      },
    ]);
    // Another version of the image can do it.
    app.answer(Refund, () => ({ outcome: 'refunded' }));
    await app.sagas.advance({ minutes: 7 });
    expect(await find('broken')).toMatchObject({ status: 'cancelled' });
    expect(await find('broken')).not.toHaveProperty('error');
  });
});

/** Steps of which one undo fails. */
function placeOrderSteps() {
  const ask = ({ id }: { readonly id: string }) => ({ order_id: id });
  return {
    payment: {
      request: ask,
      undo: ({ id }: { readonly id: string }) => {
        if (id === BROKEN) {
          throw new Error(`no refund for ${id}`);
        }
        return { order_id: id };
      },
    },
    items: { request: ask, undo: ask },
    shipment: { request: ask },
  };
}
