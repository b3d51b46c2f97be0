import { defineApp, type EventContract } from '@cdk8s-event-platform/contracts';
import { type TestedApp, testPlatform } from '@cdk8s-event-platform/dev';
import { Api, answer, each } from '@cdk8s-event-platform/runtime';
import { Duration } from 'cdk8s';
import { expect, it } from 'vitest';
import { manifest, on } from './billing.ts';
import { OrderPlaced, OrderPlacedV1 } from './events.ts';
import { orders } from './platform.ts';

/** A shop that publishes an order in the versions that its manifest lists. */
function shop(...publishes: readonly EventContract[]) {
  const app = defineApp({ appId: 'shop', description: 'Takes orders.', port: 8080, publishes });
  const routes = (api: Api): void => {
    api.post('/orders', {}, async (tx, { id }) => {
      if (publishes.includes(OrderPlacedV1)) {
        await tx.publish(OrderPlacedV1, { order_id: id, total: 700 });
      }
      if (publishes.includes(OrderPlaced)) {
        const amount = { value: 700, currency: 'EUR' } as const;
        await tx.publish(OrderPlaced, { order_id: id, amount });
      }
      return answer(202, {});
    });
  };
  return { manifest: app, routes };
}

const oldBilling = {
  manifest: { ...manifest, subscribes: [OrderPlacedV1] },
  on: [
    each(OrderPlacedV1, async (tx, { data }) => {
      await tx.query("INSERT INTO bills VALUES ($1, $2, 'EUR')", [data.order_id, data.total]);
    }),
  ],
};
const newBilling = { manifest: { ...manifest, subscribes: [OrderPlaced] }, on: on.slice(0, 1) };

it.each<[string, readonly EventContract[], TestedApp]>([
  ['before it', [OrderPlacedV1], oldBilling],
  ['1: the consumer reads both versions', [OrderPlacedV1], { manifest, on }],
  ['2: the producer publishes the new version', [OrderPlaced], { manifest, on }],
  ['3: the old version is gone', [OrderPlaced], newBilling],
])('bills each order once, %s', async (_step, publishes, billing) => {
  const apps = { shop: shop(...publishes), billing };
  const platform = await testPlatform(orders(apps.shop.manifest, billing.manifest), { apps });
  try {
    platform.faults.set({ duplicates: 1, loseAnswers: 0.3 });
    platform.kill('billing', 'at-commit');
    for (let order = 0; order < 5; order++) {
      const { status } = await platform.request('shop', 'POST', '/orders', { body: {} });
      expect(status).toBe(202);
    }
    await platform.advance(Duration.minutes(5)); // the time of retries
    expect(await platform.query('billing', 'SELECT value, currency FROM bills')).toEqual(
      Array.from({ length: 5 }, () => ({ value: '700', currency: 'EUR' })),
    );
    expect(await platform.audit()).toMatchObject({
      handled: 5,
      lost: [],
      doubled: [],
      waiting: [],
    });
  } finally {
    await platform.stop();
  }
});

it('reads old events that the topic still has', async () => {
  const apps = { shop: shop(OrderPlaced), billing: { manifest, on } };
  const platform = await testPlatform(orders(apps.shop.manifest, manifest), { apps });
  try {
    await platform.publish(OrderPlacedV1, { order_id: 'old', total: 300 });
    await platform.settle();
    expect(await platform.query('billing', 'SELECT value FROM bills')).toEqual([{ value: '300' }]);
  } finally {
    await platform.stop();
  }
});
