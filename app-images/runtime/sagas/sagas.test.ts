import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  expectTypeOf,
  inject,
  it,
} from 'vitest';
import { defineApp, defineSaga } from '@cdk8s-event-platform/contracts';
import { consumer, each, orchestrate } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { inTransaction } from '../database/database.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { SagaStore } from './saga-store.ts';
import {
  BROKEN,
  Confirmed,
  orders,
  parts,
  placeOrder,
  Rejected,
  Submitted,
} from './testing/orders.ts';
import { Charge, PlaceOrder, Refund, Release, Reserve, Ship } from './testing/place-order.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([orders], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE sagas, saga_commands, outbox, processed_events, quarantine, idempotency_keys',
  );
  app = new TestApp({ manifest: orders, ...parts }, database);
});

const submit = (id: string) => app.deliver(Submitted, { key: id });
const find = (id: string) => app.sagas.find(PlaceOrder, id);
const keys = async (contract: typeof Confirmed | typeof Rejected) =>
  (await app.published(contract)).map(({ data }) => data.key);

/** Participants that do what they are asked for. */
function allAgree(): void {
  app.answer(Charge, () => ({ outcome: 'charged' }));
  app.answer(Refund, () => ({ outcome: 'refunded' }));
  app.answer(Reserve, () => ({ outcome: 'reserved' }));
  app.answer(Release, () => ({ outcome: 'released' }));
  app.answer(Ship, () => ({ outcome: 'created' }));
}

describe('a saga of an app', () => {
  it('is completed when all participants agree', async () => {
    allAgree();
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
    allAgree();
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
    allAgree();
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
    allAgree();
    app.answer(Charge, () => ({ outcome: ++tries < 3 ? 'unavailable' : 'charged' }));
    await submit('o-1');
    await app.sagas.advance({ seconds: 20 });
    expect(await find('o-1')).toMatchObject({ status: 'completed' });
    expect(new Set((await app.published(Charge)).map(({ id }) => id)).size).toBe(3);
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
      database,
    );
    expect(await own.deliver(Submitted, { key: 'a' })).toMatchObject({ outcome: 'quarantined' });
    expect(await started[0]).toContain(problem);
  });
});

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
    allAgree();
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

  it('retries a saga whose undo has failed', async () => {
    allAgree();
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

  it('changes nothing of a saga that has ended', async () => {
    allAgree();
    await submit('o-1');
    await app.sagas.settle();
    const ended = () => database.pool.query('SELECT ended_at, due_at FROM sagas');
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
    allAgree();
    const id = `${BROKEN}-1`;
    await submit(id);
    await app.sagas.settle();
    expect(await find(id)).toMatchObject({ status: 'running', step: 'items' });
    const { rows } = await database.pool.query<{ cause: string }>('SELECT cause FROM quarantine');
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
      database,
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
    const open = await new SagaStore('orders').open(database.poolOf('orders'));
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

describe('versions', () => {
  const Second = defineSaga({
    name: 'place-order',
    version: '2.0.0',
    description: 'Has items sent first.',
    data: PlaceOrder.data,
    steps: [PlaceOrder.steps[1], PlaceOrder.steps[2]],
  });
  const ask = ({ id }: { readonly id: string }) => ({ order_id: id });
  const second = orchestrate(Second, {
    steps: { items: { request: ask, undo: ask }, shipment: { request: ask } },
  });
  const starts = each(Submitted, async (tx, { data }) => {
    await second.start(tx, { id: data.key, data: { order_id: data.key } });
  });
  const both = defineApp({ ...orders, sagas: [PlaceOrder, Second] });

  it('go on as they were started, side by side', async () => {
    await submit('o-1');
    const own = new TestApp({ manifest: both, on: [placeOrder, second, starts] }, database);
    own.answer(Charge, () => ({ outcome: 'charged' }));
    own.answer(Reserve, () => ({ outcome: 'reserved' }));
    own.answer(Ship, () => ({ outcome: 'created' }));
    await own.deliver(Submitted, { key: 'o-1' });
    await own.deliver(Submitted, { key: 'o-2' });
    await own.sagas.settle();
    const { rows } = await database.pool.query('SELECT id, version, status FROM sagas ORDER BY id');
    expect(rows).toEqual([
      { id: 'o-1', version: 1, status: 'completed' },
      { id: 'o-2', version: 2, status: 'completed' },
    ]);
  });

  it('that an image does not have are told of, and quarantined', async () => {
    const own = new TestApp({ manifest: both, on: [placeOrder, second, starts] }, database);
    await own.deliver(Submitted, { key: 'o-2' });
    const [reserve] = await own.published(Reserve);
    const { outcome, problem } = await app.deliver(Reserve.reply, {
      ...{ request_id: reserve!.id, reply_to: 'orders', reply: { outcome: 'reserved' } },
    });
    expect([outcome, problem]).toEqual([
      'quarantined',
      expect.stringContaining(
        "saga 'place-order' o-2 was started in version 2, which this image of orders does not have",
      ),
    ]);
    expect(problem).toContain('[EP2017]');
  });
});

describe('an app with sagas', () => {
  it('needs code for each, and has no other', () => {
    expect(() =>
      consumer(
        orders,
        each(Submitted, () => Promise.resolve()),
      ),
    ).toThrow('no code for the saga place-order@1');
    const none = defineApp({ ...orders, publishes: [], subscribes: [Submitted], sagas: [] });
    expect(() => consumer(none, ...parts.on!)).toThrow(
      "code for the saga place-order@1, which is not declared: add it to the manifest's 'sagas'",
    );
    expect(() => consumer(orders, placeOrder, ...parts.on!)).toThrow(
      'orchestrate twice for one saga',
    );
  });

  it('starts sagas nowhere else', async () => {
    await inTransaction(database.pool, async (tx) => {
      await expect(
        placeOrder.start(tx as never, { id: 'o-1', data: { order_id: 'o-1' } }),
      ).rejects.toThrow("saga 'place-order' cannot be started here");
    });
  });

  it('has code with the types of its contract', () => {
    expectTypeOf(placeOrder.start).parameter(1).toEqualTypeOf<{
      readonly id: string;
      readonly data: { order_id: string };
    }>();
    const ask = () => ({ order_id: '' });
    orchestrate(PlaceOrder, {
      steps: {
        // @ts-expect-error -- answers of later steps are not known
        payment: { request: ({ replies }) => ({ order_id: replies.items.outcome }), undo: ask },
        // @ts-expect-error -- its own answer may not have come
        items: { request: ask, undo: ({ replies }) => ({ order_id: replies.items.outcome }) },
        shipment: { request: ask },
      },
    });
    orchestrate(PlaceOrder, {
      steps: {
        payment: { request: ask, undo: ask },
        // @ts-expect-error -- the undo is missing
        items: { request: ask },
        shipment: { request: ask },
      },
    });
  });

  it('forgets sagas a month after their end, with their commands', async () => {
    allAgree();
    await submit('o-1');
    await app.sagas.settle();
    await submit('o-2');
    await database.pool.query("UPDATE sagas SET ended_at = ended_at - interval '31 days'");
    await new SagaStore('orders').forget(database.poolOf('orders'));
    const { rows } = await database.pool.query(
      'SELECT DISTINCT sagas.id, saga_id FROM sagas FULL JOIN saga_commands ON sagas.id = saga_id',
    );
    expect(rows).toEqual([{ id: 'o-2', saga_id: 'o-2' }]);
  });

  it('wakes its pod for what is due', async () => {
    await submit('o-1');
    await database.pool.query('TRUNCATE outbox');
    const due = async () =>
      (await database.pool.query<{ count: string }>("SELECT due_work('orders') AS count")).rows[0]!
        .count;
    expect(await due()).toBe('0');
    await database.pool.query("UPDATE sagas SET due_at = now() - interval '1 second'");
    expect(await due()).toBe('1');
  });

  it('exports what its sagas do', async () => {
    const metrics = new RuntimeMetrics();
    metrics.sagas.initialize('place-order');
    metrics.sagas.started('place-order');
    metrics.sagas.ended('place-order', 'completed', 3);
    metrics.sagas.ignored('place-order', 'items', 'late');
    const open = { saga: 'place-order', step: 'items', count: 2, overdue: 1 };
    metrics.sagas.measured(
      ['place-order'],
      [
        { ...open, status: 'stuck', action: 'undo' },
        { ...open, status: 'running', action: 'request' },
      ],
    );
    const lines = (await metrics.text()).split('\n').filter((line) => /^saga/.test(line));
    expect(lines).toEqual(
      expect.arrayContaining([
        'sagas_started_total{saga="place-order"} 1',
        'sagas_ended_total{saga="place-order",outcome="completed"} 1',
        'sagas_ended_total{saga="place-order",outcome="cancelled"} 0',
        'sagas_open{saga="place-order",status="running"} 2',
        'sagas_open{saga="place-order",status="undoing"} 0',
        'sagas_stuck{saga="place-order",step="items",during="undo"} 2',
        'sagas_overdue{saga="place-order",step="items"} 2',
        'saga_answers_ignored_total{saga="place-order",step="items",reason="late"} 1',
        'saga_duration_seconds_count{saga="place-order"} 1',
      ]),
    );
  });
});
