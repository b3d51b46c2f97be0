import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { defineApp, defineSaga } from '@cdk8s-event-platform/contracts';
import {
  consumer,
  each,
  orchestrate,
  type SagaCode,
  type SagaToStart,
} from '@cdk8s-event-platform/runtime';
import { TestApp } from '@cdk8s-event-platform/runtime/testing';
import { inTransaction } from '../database/database.ts';
import { eventTransaction } from '../delivery/event-transaction.ts';
import type { Cause } from '../events/causation.ts';
import { EventPublisher } from '../outbox/event-publisher.ts';
import { inAppScope } from '../process/app-scope.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { testSealing } from '../testing/test-sealing.ts';
import { SagaStore } from './saga-store.ts';
import { orders, parts, placeOrder, Submitted } from './testing/orders.ts';
import { OrdersInTest } from './testing/orders-in-test.ts';
import { Charge, PlaceOrder, Reserve, Ship } from './testing/place-order.ts';

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
    const own = new TestApp({ manifest: both, on: [placeOrder, second, starts] }, test.database);
    own.answer(Charge, () => ({ outcome: 'charged' }));
    own.answer(Reserve, () => ({ outcome: 'reserved' }));
    own.answer(Ship, () => ({ outcome: 'created' }));
    await own.deliver(Submitted, { key: 'o-1' });
    await own.deliver(Submitted, { key: 'o-2' });
    await own.sagas.settle();
    const { rows } = await test.database.pool.query(
      'SELECT id, version, status FROM sagas ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 'o-1', version: 1, status: 'completed' },
      { id: 'o-2', version: 2, status: 'completed' },
    ]);
  });

  it('that an image does not have are told of, and quarantined', async () => {
    const own = new TestApp({ manifest: both, on: [placeOrder, second, starts] }, test.database);
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

  it('whose steps have moved do not go on: nothing is undone that was not done', async () => {
    // The payment is no longer the first step, although the major version is the same.
    const Changed = defineSaga({
      name: 'place-order',
      version: '1.1.0',
      description: 'Has items set aside first.',
      data: PlaceOrder.data,
      steps: [PlaceOrder.steps[1], PlaceOrder.steps[0], PlaceOrder.steps[2]],
    });
    const changed = orchestrate(Changed, {
      steps: {
        items: { request: ask, undo: ask },
        payment: { request: ask, undo: ask },
        shipment: { request: ask },
      },
    });
    await submit('o-3');
    const moved = new TestApp(
      { manifest: defineApp({ ...orders, sagas: [Changed] }), on: [changed, starts] },
      test.database,
    );
    const [charge] = await app.published(Charge);
    const { outcome, problem } = await moved.deliver(Charge.reply, {
      ...{ request_id: charge!.id, reply_to: 'orders', reply: { outcome: 'charged' } },
    });
    expect(outcome).toBe('quarantined');
    expect(problem).toContain("'payment' is no longer step 1 of version 1.1.0");
    expect(await app.sagas.find(PlaceOrder, 'o-3')).toMatchObject({ status: 'running' });
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

  it('starts nothing for an event of an earlier run through the log', async () => {
    const cause = { source: '/shop', id: 'e-1' };
    const publisher = new EventPublisher(orders, testSealing(orders));
    const scope = {
      ...{ metrics: new RuntimeMetrics(), now: Date.now, pause: 0 },
      send: () => Promise.reject(new Error('no sidecar')),
      sagas: consumer(orders, ...parts.on!).sagas,
    };
    const start = (replayed: ReadonlySet<Cause>) =>
      inTransaction(test.database.poolOf('orders'), (tx) =>
        inAppScope(scope, () =>
          placeOrder.start(
            eventTransaction(tx, { consumer: 'orders', publisher, cause, replayed }),
            { id: 'o-1', data: { order_id: 'o-1' } },
          ),
        ),
      );
    expect(await start(new Set([cause]))).toBe(false);
    expect(await app.sagas.find(PlaceOrder, 'o-1')).toBeUndefined();
    expect(await start(new Set())).toBe(true);
    expect(await app.published(Charge)).toHaveLength(1);
  });

  it('starts sagas nowhere else', async () => {
    await inTransaction(test.database.pool, async (tx) => {
      await expect(
        placeOrder.start(tx as never, { id: 'o-1', data: { order_id: 'o-1' } }),
      ).rejects.toThrow("saga 'place-order' cannot be started here");
    });
  });

  it('has code with the types of its contract', () => {
    type Steps = SagaCode<typeof PlaceOrder>['steps'];
    type Known<Ask extends (saga: never, tx: never) => unknown> = Parameters<Ask>[0] extends {
      readonly replies: infer Replies;
    }
      ? Replies
      : never;
    expectTypeOf<Parameters<(typeof placeOrder)['start']>[1]>().toEqualTypeOf<
      SagaToStart<{ order_id: string }>
    >();
    // Also in a route, which schedules nothing.
    expectTypeOf<Parameters<Steps['payment']['request']>[1]>().not.toHaveProperty('schedule');
    expectTypeOf<keyof Known<Steps['shipment']['request']>>().toEqualTypeOf<'payment' | 'items'>();
    // Its own answer may not have come.
    expectTypeOf<Known<Steps['items']['undo']>['items']>().toBeNullable();
    expectTypeOf<Known<Steps['items']['undo']>['payment']>().not.toBeNullable();
    const ask = () => ({ order_id: '' });
    const code = orchestrate(PlaceOrder, {
      steps: {
        payment: { request: ask, undo: ask },
        // @ts-expect-error -- the undo is missing
        items: { request: ask },
        shipment: { request: ask },
      },
    });
    expect(code.saga).toBe(PlaceOrder);
  });

  it('forgets sagas a month after their end, with their commands', async () => {
    test.allAgree();
    await submit('o-1');
    await app.sagas.settle();
    await submit('o-2');
    await test.database.pool.query("UPDATE sagas SET ended_at = ended_at - interval '31 days'");
    await new SagaStore('orders').forget(test.database.poolOf('orders'));
    const { rows } = await test.database.pool.query(
      'SELECT DISTINCT sagas.id, saga_id FROM sagas FULL JOIN saga_commands ON sagas.id = saga_id',
    );
    expect(rows).toEqual([{ id: 'o-2', saga_id: 'o-2' }]);
  });

  it('forgets some at a time', async () => {
    const { pool } = test.database;
    await pool.query(
      `CREATE TABLE deletions (number serial, count bigint);
       CREATE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN INSERT INTO deletions (count) SELECT count(*) FROM gone; RETURN NULL; END $$;
       CREATE TRIGGER deleted AFTER DELETE ON sagas REFERENCING OLD TABLE AS gone
       FOR EACH STATEMENT EXECUTE FUNCTION note_deletion();
       INSERT INTO sagas (app, saga, id, version, data, state, status, step, correlationid, started_at, changed_at, ended_at)
       SELECT 'orders', 'place-order', n, 1, '{}', '{}', 'completed', 'items', n, now(), now(), now() - interval '31 days'
       FROM generate_series(1, 5001) n`,
    );
    await new SagaStore('orders').forget(test.database.poolOf('orders'));
    const { rows } = await pool.query('SELECT count FROM deletions ORDER BY number');
    await pool.query('DROP TRIGGER deleted ON sagas; DROP TABLE deletions');
    expect(rows).toEqual([{ count: '5000' }, { count: '1' }]);
    expect((await pool.query('SELECT FROM sagas')).rowCount).toBe(0);
  });

  it('wakes its pod for what is due', async () => {
    await submit('o-1');
    await test.database.pool.query('TRUNCATE outbox');
    const due = async () =>
      (await test.database.pool.query<{ count: string }>("SELECT due_work('orders') AS count"))
        .rows[0]!.count;
    expect(await due()).toBe('0');
    await test.database.pool.query("UPDATE sagas SET due_at = now() - interval '1 second'");
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
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('saga'));
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
