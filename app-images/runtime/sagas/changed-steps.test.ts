import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineApp, defineSaga } from '@cdk8s-event-platform/contracts';
import { each, type Orchestration, orchestrate } from '@cdk8s-event-platform/runtime';
import { TestApp } from '@cdk8s-event-platform/runtime/testing';
import { orders, Submitted } from './testing/orders.ts';
import { OrdersInTest } from './testing/orders-in-test.ts';
import { PlaceOrder, Refund, Reserve, Ship } from './testing/place-order.ts';

let test: OrdersInTest;
beforeAll(async () => {
  test = await OrdersInTest.start();
});
afterAll(() => test.database.drop());
beforeEach(() => test.reset());

const [payment, items, shipment] = PlaceOrder.steps;
const check = { ...items, name: 'check' } as const;
const ask = ({ id }: { readonly id: string }) => ({ order_id: id });
const both = { request: ask, undo: ask };
const of = {
  ...{ name: 'place-order', version: '1.1.0', data: PlaceOrder.data },
  description: 'Has other steps than before.',
} as const;
const code = { payment: both, items: both, shipment: { request: ask } };
const inserted = orchestrate(defineSaga({ ...of, steps: [payment, check, items, shipment] }), {
  steps: { ...code, check: both },
});
const swapped = orchestrate(defineSaga({ ...of, steps: [items, payment, shipment] }), {
  steps: code,
});
const extended = orchestrate(defineSaga({ ...of, steps: [payment, items, check, shipment] }), {
  steps: { ...code, check: both },
});

/** The app with other steps in the same major version. */
function changed(orchestration: unknown): TestApp {
  const own = orchestration as Orchestration;
  return new TestApp(
    {
      manifest: defineApp({ ...orders, sagas: [own.saga] }),
      on: [own, each(Submitted, () => Promise.resolve())],
    },
    test.database,
  );
}

/** A saga whose items are not there yet. @returns the answer to the command for them. */
async function waitsForItems() {
  test.allAgree();
  test.app.answer(Reserve, () => undefined);
  await test.submit('o-1');
  await test.app.sagas.settle();
  const [reserve] = await test.app.published(Reserve);
  return { request_id: reserve!.id, reply_to: 'orders', reply: { outcome: 'reserved' } } as const;
}

describe('steps that changed within a major version', () => {
  it.each([
    ['inserted before', inserted],
    ['in another order', swapped],
  ])('%s: a saga does not go on, neither by an answer nor in time', async (_, orchestration) => {
    const reply = await waitsForItems();
    const own = changed(orchestration);
    const { outcome, problem } = await own.deliver(Reserve.reply, reply);
    expect([outcome, problem]).toEqual(['quarantined', expect.stringContaining('[EP2017]')]);
    await own.sagas.advance({ minutes: 2 });
    expect(await test.find('o-1')).toMatchObject({
      ...{ status: 'running', step: 'items' },
      error: expect.stringContaining('[EP2017]') as string,
    });
    expect([...(await own.published(Ship)), ...(await own.published(Refund))]).toEqual([]);
    // The image with the old steps undoes them.
    await test.app.sagas.advance({ minutes: 5 });
    expect((await test.find('o-1'))?.status).toBe('cancelled');
  });

  it('after the one that is under way: they are done', async () => {
    const reply = await waitsForItems();
    const own = changed(extended);
    own.answer(Reserve, () => ({ outcome: 'reserved' }));
    own.answer(Ship, () => ({ outcome: 'created' }));
    expect(await own.deliver(Reserve.reply, reply)).toEqual({ outcome: 'processed' });
    await own.sagas.settle();
    const { status, commands } = (await test.find('o-1'))!;
    expect(status).toBe('completed');
    expect(commands.map(({ step }) => step)).toEqual(['payment', 'items', 'check', 'shipment']);
  });

  it('do not matter to a saga that has ended', async () => {
    test.allAgree();
    await test.submit('o-1');
    await test.app.sagas.settle();
    const [reserve] = await test.app.published(Reserve);
    const own = changed(swapped);
    expect(
      await own.deliver(Reserve.reply, {
        ...{ request_id: reserve!.id, reply_to: 'orders', reply: { outcome: 'reserved' } },
      }),
    ).toEqual({ outcome: 'processed' });
  });
});
