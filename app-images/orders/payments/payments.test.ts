import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import {
  ChargeCustomer,
  OrderCancelled,
  OrderPlaced,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  RefundCustomer,
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

/** Puts money into the wallet of a user of its own. */
async function userWith(amount: number): Promise<string> {
  const userId = `user-${Math.random()}`;
  await app.request('POST', `/api/wallets/${userId}/deposits`, {
    ...{ body: { amount }, headers: { 'idempotency-key': userId } },
  });
  return userId;
}

async function balanceOf(userId: string): Promise<unknown> {
  const { body } = await app.request('GET', `/api/wallets/${userId}`);
  return (body as { balance: number }).balance;
}

async function statusOf({ id }: SampleOrder): Promise<unknown> {
  const { body } = await app.request('GET', `/api/payments/${id.order_id}`);
  return (body as { status: string }).status;
}

/** What was published of an order. */
async function saidOf({ id }: SampleOrder): Promise<string[]> {
  const all = await Promise.all(
    [PaymentProcessed, PaymentFailed, PaymentRefunded].map((contract) => app.published(contract)),
  );
  return all
    .flat()
    .filter(({ data }) => data.order_id === id.order_id)
    .map(({ type }) => type.split('.').at(-1)!);
}

describe('by events', () => {
  it('charges the customer of an order', async () => {
    const order = sampleOrder({ user_id: await userWith(3_000) });
    await app.deliver(OrderPlaced, order.placed);
    expect([await balanceOf(order.created.user_id), await saidOf(order)]).toEqual([
      ...[500, ['processed']],
    ]);
  });

  it('says that a customer cannot pay', async () => {
    const order = sampleOrder({ user_id: await userWith(2_499) });
    await app.deliver(OrderPlaced, order.placed);
    expect([await balanceOf(order.created.user_id), await saidOf(order)]).toEqual([
      ...[2_499, ['failed']],
    ]);
  });

  it.each(
    permutations(['placed', 'cancelled'] as const).flatMap((way) => [
      [way],
      [[...way, ...way]],
      [[...way].reverse().concat(way)],
    ]),
  )('leaves a cancelled order unpaid: %j', async (way) => {
    const order = sampleOrder({ user_id: await userWith(3_000) });
    for (const [index, what] of way.entries()) {
      const envelope = { id: `${order.id.order_id}-${what}-${index}` };
      await (what === 'placed'
        ? app.deliver(OrderPlaced, order.placed, envelope)
        : app.deliver(OrderCancelled, order.cancelled, envelope));
    }
    expect(await balanceOf(order.created.user_id)).toBe(3_000);
    expect(['refunded', 'void']).toContain(await statusOf(order));
    expect((await saidOf(order)).filter((said) => said === 'refunded').length).toBe(
      way[0] === 'placed' ? 1 : 0,
    );
  });
});

describe('by commands', () => {
  /** Sends commands, and returns what was answered. */
  async function ask(order: SampleOrder, way: readonly ('charge' | 'refund')[]): Promise<string[]> {
    const { user_id, total_amount: amount } = order.created;
    for (const [index, what] of way.entries()) {
      const envelope = { id: `${order.id.order_id}-${index}`, replyto: 'shop-orchestrator' };
      await (what === 'charge'
        ? app.deliver(ChargeCustomer, { ...order.id, user_id, amount }, envelope)
        : app.deliver(RefundCustomer, order.id, envelope));
    }
    const answers = [
      ...(await app.published(ChargeCustomer.reply)),
      ...(await app.published(RefundCustomer.reply)),
    ];
    return way.map(
      (_, index) =>
        answers.find(({ data }) => data.request_id === `${order.id.order_id}-${index}`)!.data.reply
          .outcome,
    );
  }

  it.each([
    [['charge'], ['charged'], 500],
    [['charge', 'charge'], ['charged', 'charged'], 500],
    [['charge', 'refund'], ['charged', 'refunded'], 3_000],
    [['charge', 'refund', 'refund'], ['charged', 'refunded', 'refunded'], 3_000],
    [['charge', 'refund', 'charge'], ['charged', 'refunded', 'declined'], 3_000],
    // The money is asked back before it was taken.
    [['refund', 'charge'], ['refunded', 'declined'], 3_000],
  ] as const)('%j: %j', async (way, answers, balance) => {
    const order = sampleOrder({ user_id: await userWith(3_000) });
    expect(await ask(order, way)).toEqual(answers);
    expect(await balanceOf(order.created.user_id)).toBe(balance);
  });

  it('never spends more than there is, whatever comes at the same time', async () => {
    const userId = await userWith(6_000);
    const orders = Array.from({ length: 8 }, () => sampleOrder({ user_id: userId }));
    const answers = await Promise.all(orders.map((order) => ask(order, ['charge', 'charge'])));
    expect(answers.filter(([first]) => first === 'charged')).toHaveLength(2);
    expect(answers.every(([first, second]) => first === second)).toBe(true);
    expect(await balanceOf(userId)).toBe(1_000);
  });
});
