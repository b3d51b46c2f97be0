import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import {
  CancellationRequested,
  CreateShipment,
  ItemsReserved,
  OrderCancelled,
  OrderCreated,
  ShipmentCreated,
  ShipmentFailed,
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

type What = 'created' | 'reserved' | 'requested' | 'cancelled';

async function tell(order: SampleOrder, what: What, id: string): Promise<void> {
  const { saga } = order.created;
  await {
    created: () => app.deliver(OrderCreated, order.created, { id }),
    reserved: () => app.deliver(ItemsReserved, order.id, { id }),
    requested: () =>
      app.deliver(
        CancellationRequested,
        { ...order.cancelled, reason: 'changed_mind', saga },
        { id },
      ),
    cancelled: () => app.deliver(OrderCancelled, order.cancelled, { id }),
  }[what]();
}

async function tellAll(order: SampleOrder, way: readonly What[]): Promise<void> {
  for (const [index, what] of way.entries()) {
    await tell(order, what, `${order.id.order_id}-${index}`);
  }
}

async function saidOf({ id }: SampleOrder): Promise<string[]> {
  const all = [...(await app.published(ShipmentCreated)), ...(await app.published(ShipmentFailed))];
  return all
    .filter(({ data }) => data.order_id === id.order_id)
    .map(({ type }) => type.split('.').at(-1)!);
}

async function statusOf({ id }: SampleOrder): Promise<unknown> {
  const { body } = await app.request('GET', `/api/shipments/${id.order_id}`);
  return (body as { status: string }).status;
}

describe('by events', () => {
  it.each(permutations<What>(['created', 'reserved']))('sends an order: %s, %s', async (...way) => {
    const order = sampleOrder();
    await tellAll(order, [...way, ...way]);
    expect([await statusOf(order), await saidOf(order)]).toEqual(['created', ['created']]);
  });

  it('says that nobody delivers there', async () => {
    const { shipping_address: address } = sampleOrder().created;
    const order = sampleOrder({ shipping_address: { ...address, country: 'AQ' } });
    await tellAll(order, ['created', 'reserved']);
    expect([await statusOf(order), await saidOf(order)]).toEqual(['refused', ['failed']]);
  });

  it.each(permutations<What>(['created', 'reserved', 'requested']))(
    'is sent or cancelled, never both: %s, %s, %s',
    async (...way) => {
      const order = sampleOrder();
      await tellAll(order, [...way, ...way]);
      // Both parts that a shipment needs were there first, or it is too late for it.
      const sent = way[2] === 'requested';
      expect([await statusOf(order), await saidOf(order)]).toEqual(
        sent ? ['created', ['created']] : ['void', ['failed']],
      );
    },
  );

  it.each(permutations<What>(['created', 'reserved', 'cancelled']))(
    'an order that others have cancelled is not sent: %s, %s, %s',
    async (...way) => {
      const order = sampleOrder();
      await tellAll(
        order,
        way.filter((what) => what !== 'reserved'),
      );
      await tell(order, 'reserved', `${order.id.order_id}-late`);
      expect([await statusOf(order), await saidOf(order)]).toEqual(['void', []]);
    },
  );

  it('forgets where an order of an erased user went', async () => {
    const order = sampleOrder({ user_id: 'erased' });
    await tellAll(order, ['created']);
    await app.erase('erased');
    const { rows } = await database.pool.query(
      'SELECT address FROM shop_shipments WHERE order_id = $1',
      [order.id.order_id],
    );
    expect(rows).toEqual([{ address: { country: 'GB' } }]);
  });
});

describe('by commands', () => {
  async function ask(order: SampleOrder, id: string): Promise<unknown> {
    await app.deliver(CreateShipment, order.id, { id, replyto: 'shop-orchestrator' });
    const answers = await app.published(CreateShipment.reply);
    return answers.find(({ data }) => data.request_id === id)!.data.reply.outcome;
  }

  it('waits for the address, sends once, and says what it said', async () => {
    const order = sampleOrder({ saga: 'orchestration' });
    const { order_id: id } = order.id;
    expect(await ask(order, `${id}-1`)).toBe('not-yet');
    await tell(order, 'created', id);
    // The customer's wish is for the orchestrator to grant.
    await tell(order, 'requested', `${id}-wish`);
    expect([await ask(order, `${id}-2`), await ask(order, `${id}-3`)]).toEqual([
      ...['created', 'created'],
    ]);
    expect(await saidOf(order)).toEqual([]);
  });

  it('does not send what was cancelled', async () => {
    const order = sampleOrder({ saga: 'orchestration' });
    await tellAll(order, ['created', 'cancelled']);
    expect(await ask(order, order.id.order_id)).toBe('refused');
  });
});
