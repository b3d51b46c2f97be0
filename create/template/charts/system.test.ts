import { testPlatform } from '@cdk8s-event-platform/dev';
import { Duration } from 'cdk8s';
import { expect, test } from 'vitest';
import { parts } from '../apps/order-processor/handlers.ts';
import { manifest as processor } from '../apps/order-processor/manifest.ts';
import { manifest as orders } from '../apps/orders/manifest.ts';
import { routes } from '../apps/orders/routes.ts';
import { ENVIRONMENTS } from './environments.ts';
import { platformOf } from './platform.ts';

test('an order counts once, although its deliveries fail and are repeated', async () => {
  const system = await testPlatform(platformOf(ENVIRONMENTS.local!), {
    apps: {
      orders: { manifest: orders, routes },
      'order-processor': { manifest: processor, ...parts },
    },
  });
  system.faults.set({ duplicates: 1 });
  system.kill('order-processor', 'at-commit');
  await system.request('orders', 'POST', '/orders', { body: { customer_id: 'c-1' } });
  await system.advance(Duration.minutes(5));
  expect(await system.audit()).toMatchObject({ handled: 1, lost: [], doubled: [], waiting: [] });
  const rows = await system.query('order-processor', 'SELECT * FROM customer_orders');
  expect(rows).toEqual([{ customer_id: 'c-1', orders: 1 }]);
  await system.stop();
});
