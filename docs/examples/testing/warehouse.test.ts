import { type TestPlatform, testPlatform } from '@cdk8s-event-platform/dev';
import { Duration } from 'cdk8s';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manifest, parts } from './app.ts';
import { OrderConfirmed, OrderPlaced } from './events.ts';
import { warehouse } from './warehouse.ts';

let platform: TestPlatform;
beforeEach(async () => {
  const apps = { stock: { manifest, ...parts } };
  platform = await testPlatform(warehouse(), { apps, without: ['shop'] });
});
afterEach(() => platform.stop());

test('an order is confirmed and picked once, whatever fails', async () => {
  const robots = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
  robots.mockRejectedValueOnce(new Error('no robot is free'));
  platform.faults.set({ duplicates: 1, loseAnswers: 0.3 });
  platform.kill('stock', 'at-commit'); // between the handler and the commit of the order
  await platform.request('stock', 'PUT', '/stock/lamp', { body: { n: 2 } });
  await platform.publish(OrderPlaced, { order_id: 'o-1', item: 'lamp' });
  await platform.settle();
  expect(robots).not.toHaveBeenCalled();
  await platform.advance(Duration.minutes(5)); // time of retries and side effects, not of the test
  expect(await platform.audit()).toEqual({
    ...{ handled: 1, lost: [], doubled: [], waiting: [] },
    ...{ quarantined: [], deadLettered: [] },
  });
  expect(await platform.published(OrderConfirmed)).toHaveLength(1);
  expect(await platform.query('stock', 'SELECT n FROM stock')).toEqual([{ n: 1 }]);
  expect(robots).toHaveBeenCalledTimes(2);
});

test('an order of what is sold out waits in the quarantine, through an outage', async () => {
  await platform.withoutDatabase(async () => {
    await platform.publish(OrderPlaced, { order_id: 'o-2', item: 'moon' }, { id: '2' });
    await platform.advance(Duration.minutes(10));
  });
  await platform.settle();
  const { quarantined } = await platform.audit();
  expect(quarantined).toEqual([
    'stock: com.example.order.placed 2 of /test, handler: Error: moon is sold out',
  ]);
});
