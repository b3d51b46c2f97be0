import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { each } from '@cdk8s-event-platform/runtime';
import { TestApp } from '@cdk8s-event-platform/runtime/testing';
import { Confirmed, orders, placeOrder, Rejected, Submitted } from './testing/orders.ts';
import { OrdersInTest } from './testing/orders-in-test.ts';
import { Charge, Refund, Release, Reserve, Ship } from './testing/place-order.ts';

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
const keys = async (contract: typeof Confirmed | typeof Rejected) =>
  (await app.published(contract)).map(({ data }) => data.key);

describe('a saga of an app', () => {
  it('is completed when all participants agree', async () => {
    test.allAgree();
    await submit('o-1');
    await app.sagas.settle();
    expect(await find('o-1')).toEqual({
      status: 'completed',
      step: 'shipment',
      commands: [
        { step: 'payment', action: 'request', attempt: 1, outcome: 'charged' },
        { step: 'items', action: 'request', attempt: 1, outcome: 'reserved' },
        { step: 'shipment', action: 'request', attempt: 1, outcome: 'created' },
      ],
    });
    expect(await keys(Confirmed)).toEqual(['o-1 created']);
    expect((await app.published(Reserve)).map(({ data }) => data.order_id)).toEqual([
      'o-1/charged',
    ]);
  });

  it('is cancelled when one refuses, after what was done is undone', async () => {
    test.allAgree();
    app.answer(Ship, () => ({ outcome: 'refused' }));
    await submit('o-1');
    await app.sagas.settle();
    expect(await find('o-1')).toMatchObject({
      status: 'cancelled',
      cancelledBy: { step: 'shipment', outcome: 'refused' },
    });
    expect((await app.published(Release)).map(({ data }) => data.order_id)).toEqual([
      'o-1/reserved',
    ]);
    expect(await app.published(Refund)).toHaveLength(1);
    expect(await keys(Rejected)).toEqual(['o-1 shipment: refused']);
    expect(await keys(Confirmed)).toEqual([]);
  });

  it('undoes a step too that is not answered in time, and ignores its late answer', async () => {
    test.allAgree();
    app.answer(Reserve, () => undefined);
    await submit('o-1');
    await app.sagas.advance({ seconds: 59 });
    expect(await find('o-1')).toMatchObject({ status: 'running', step: 'items' });
    await app.sagas.advance({ seconds: 1 });
    expect(await find('o-1')).toMatchObject({
      status: 'cancelled',
      cancelledBy: { step: 'items', outcome: 'timed out' },
    });
    expect((await app.published(Release)).map(({ data }) => data.order_id)).toEqual([
      'o-1/unknown',
    ]);
    const [reserve] = await app.published(Reserve);
    expect(
      await app.deliver(Reserve.reply, {
        ...{ request_id: reserve!.id, reply_to: 'orders', reply: { outcome: 'reserved' } },
      }),
    ).toEqual({ outcome: 'processed' });
    expect(await find('o-1')).toMatchObject({ status: 'cancelled' });
    expect(await keys(Rejected)).toHaveLength(1);
  });

  it('is started once, by events and requests alike', async () => {
    await submit('o-1');
    await submit('o-1');
    expect(await app.request('POST', '/orders/o-1')).toMatchObject({ body: { started: false } });
    expect(await app.request('POST', '/orders/o-2')).toMatchObject({ body: { started: true } });
    expect(await app.published(Charge)).toHaveLength(2);
  });

  it('asks the participants for answers to itself, and says what its commands follow from', async () => {
    await app.deliver(Submitted, { key: 'o-1' }, { id: 'e-1', correlationid: 'c-1' });
    expect(await app.published(Charge)).toMatchObject([
      { replyto: 'orders', causationid: 'e-1', correlationid: 'c-1' },
    ]);
    await app.sagas.advance({ minutes: 5 });
    expect(await app.published(Refund)).toMatchObject([{ correlationid: 'c-1' }]);
  });

  it('sends a command with another id for each attempt', async () => {
    let tries = 0;
    test.allAgree();
    app.answer(Charge, () => ({ outcome: ++tries < 3 ? 'unavailable' : 'charged' }));
    await submit('o-1');
    await app.sagas.advance({ seconds: 20 });
    expect(await find('o-1')).toMatchObject({ status: 'completed' });
    expect(new Set((await app.published(Charge)).map(({ id }) => id)).size).toBe(3);
  });

  it('has a cause of its own for each timeout: what follows from two of them is not the same', async () => {
    await submit('o-1');
    await app.sagas.advance({ minutes: 15 });
    const refunds = await app.published(Refund);
    expect(refunds.map(({ causationid }) => causationid)).toEqual([
      'saga:place-order:o-1:payment:request:1',
      'saga:place-order:o-1:payment:undo:1',
      'saga:place-order:o-1:payment:undo:2',
    ]);
  });

  it('takes each answer once, whichever comes first', async () => {
    await submit('o-1');
    const [charge] = await app.published(Charge);
    const answer = (outcome: 'charged' | 'declined') => ({
      data: { request_id: charge!.id, reply_to: 'orders', reply: { outcome } },
    });
    const deliveries = await app.deliverAll(Charge.reply, [
      ...[answer('charged'), answer('charged'), answer('declined')],
    ]);
    expect(deliveries.map(({ outcome }) => outcome)).toEqual(Array(3).fill('processed'));
    expect(await find('o-1')).toMatchObject({ status: 'running', step: 'items' });
    expect(await app.published(Reserve)).toHaveLength(1);
  });

  it('leaves answers alone that are for another app or for nothing that it knows', async () => {
    await submit('o-1');
    const [charge] = await app.published(Charge);
    const reply = { outcome: 'charged' } as const;
    await app.deliver(Charge.reply, { request_id: charge!.id, reply_to: 'other', reply });
    await app.deliver(Charge.reply, { request_id: 'unknown', reply_to: 'orders', reply });
    expect(await find('o-1')).toMatchObject({ status: 'running', step: 'payment' });
  });

  it.each([
    ['', 'the id of a saga has 1 to 128 characters, and this one 0'],
    ['x'.repeat(129), 'the id of a saga has 1 to 128 characters, and this one 129'],
    ['x'.repeat(65), "the data of saga 'place-order' are not valid: data/order_id"],
  ])('refuses what it cannot be started with (%#)', async (id, problem) => {
    const started: Promise<unknown>[] = [];
    const own = new TestApp(
      {
        manifest: orders,
        on: [
          placeOrder,
          each(Submitted, (tx) => {
            const start = placeOrder.start(tx, { id, data: { order_id: id } });
            started.push(start.catch((error: unknown) => (error as Error).message));
            return start.then(() => undefined);
          }),
        ],
      },
      test.database,
    );
    expect(await own.deliver(Submitted, { key: 'a' })).toMatchObject({ outcome: 'quarantined' });
    expect(await started[0]).toContain(problem);
  });
});
