import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import {
  CancellationRequested,
  ChargeCustomer,
  CreateShipment,
  OrderCreated,
  OrderFulfilled,
  OrderUnfulfilled,
  PlaceOrder,
  RefundCustomer,
  ReleaseItems,
  ReserveItems,
} from '../events/index.ts';
import { type SampleOrder, sampleOrder } from '../testing/sample-order.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

const PAYMENT = 'b3b3c1f0-0000-4000-8000-000000000001';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

/** The orchestrator among participants that agree to everything. */
function start(): TestApp {
  const app = new TestApp({ manifest, ...parts }, database);
  app.answer(ChargeCustomer, () => ({ outcome: 'charged', payment_id: PAYMENT }));
  app.answer(RefundCustomer, () => ({ outcome: 'refunded' }));
  app.answer(ReserveItems, () => ({ outcome: 'reserved' }));
  app.answer(ReleaseItems, () => ({ outcome: 'released' }));
  app.answer(CreateShipment, () => ({ outcome: 'created', tracking_number: 'TRK-1' }));
  return app;
}

/** Commands of a saga, in their order, and how it has ended. */
async function pathOf(app: TestApp, { id }: SampleOrder) {
  const saga = await app.sagas.find(PlaceOrder, id.order_id);
  return [...(saga?.commands ?? []).map(({ step, action }) => `${step}.${action}`), saga?.status];
}

async function saidOf(app: TestApp, { id }: SampleOrder): Promise<unknown[]> {
  const all = [
    ...(await app.published(OrderFulfilled)),
    ...(await app.published(OrderUnfulfilled)),
  ];
  return all.filter(({ data }) => data.order_id === id.order_id).map(({ data }) => data);
}

const order = () => sampleOrder({ saga: 'orchestration' });

describe('the orchestrator', () => {
  it('leads an order through its steps', async () => {
    const [app, placed] = [start(), order()];
    await app.deliver(OrderCreated, placed.created);
    await app.sagas.settle();
    expect(await pathOf(app, placed)).toEqual([
      ...['payment.request', 'items.request', 'shipment.request', 'completed'],
    ]);
    expect(await saidOf(app, placed)).toEqual([
      { ...placed.id, amount: 2_500, payment_id: PAYMENT, tracking_number: 'TRK-1' },
    ]);
  });

  it('leaves orders alone that the services lead', async () => {
    const [app, placed] = [start(), sampleOrder()];
    await app.deliver(OrderCreated, placed.created);
    const { user_id } = placed.created;
    await app.deliver(CancellationRequested, {
      ...{ ...placed.id, user_id, reason: 'other', saga: 'choreography' },
    });
    expect(await pathOf(app, placed)).toEqual([undefined]);
  });

  it.each([
    [
      'the customer cannot pay',
      (app: TestApp) => app.answer(ChargeCustomer, () => ({ outcome: 'declined' })),
      ['payment.request', 'cancelled'],
      'payment: declined',
    ],
    [
      'nothing is in stock',
      (app: TestApp) => app.answer(ReserveItems, () => ({ outcome: 'out-of-stock' })),
      ['payment.request', 'items.request', 'payment.undo', 'cancelled'],
      'items: out-of-stock',
    ],
    [
      'nobody delivers there',
      (app: TestApp) => app.answer(CreateShipment, () => ({ outcome: 'refused' })),
      [
        ...['payment.request', 'items.request', 'shipment.request'],
        ...['items.undo', 'payment.undo', 'cancelled'],
      ],
      'shipment: refused',
    ],
  ] as const)('undoes what was done when %s', async (_why, refuse, path, reason) => {
    const [app, placed] = [start(), order()];
    refuse(app);
    await app.deliver(OrderCreated, placed.created);
    await app.sagas.settle();
    expect(await pathOf(app, placed)).toEqual(path);
    expect(await saidOf(app, placed)).toEqual([{ ...placed.id, reason }]);
  });

  it('undoes a payment that is asked for, when the customer cancels', async () => {
    const [app, placed] = [start(), order()];
    app.answer(ChargeCustomer, () => undefined);
    await app.deliver(OrderCreated, placed.created);
    await app.sagas.settle();
    await app.deliver(CancellationRequested, {
      ...{ ...placed.id, user_id: 'ada', reason: 'changed_mind', saga: 'orchestration' },
    });
    await app.sagas.settle();
    expect(await pathOf(app, placed)).toEqual(['payment.request', 'payment.undo', 'cancelled']);
    expect(await saidOf(app, placed)).toEqual([
      { ...placed.id, reason: 'the customer has cancelled it' },
    ]);
  });

  it('asks again for a shipment whose address is not known yet', async () => {
    const [app, placed] = [start(), order()];
    let asked = 0;
    app.answer(CreateShipment, () =>
      ++asked < 3 ? { outcome: 'not-yet' } : { outcome: 'created', tracking_number: 'TRK-2' },
    );
    await app.deliver(OrderCreated, placed.created);
    for (let attempt = 0; attempt < 3; attempt++) {
      await app.sagas.settle();
      await app.sagas.advance({ seconds: 6 });
    }
    await app.sagas.settle();
    expect(await saidOf(app, placed)).toMatchObject([{ tracking_number: 'TRK-2' }]);
  });
});
