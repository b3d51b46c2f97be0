import { existsSync, readdirSync } from 'node:fs';
import { testPlatform } from '@cdk8s-event-platform/dev';
import type { AppUnderTest } from '@cdk8s-event-platform/runtime/testing';
import { Duration } from 'cdk8s';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './environments.ts';
import { platformOf } from './platform.ts';

const APPS = new URL('../apps/', import.meta.url);

/** An app, as its `main.ts` starts it. */
async function appOf(appId: string): Promise<AppUnderTest> {
  const load = async (file: string) =>
    existsSync(new URL(`${appId}/${file}.ts`, APPS))
      ? ((await import(`../apps/${appId}/${file}.ts`)) as object)
      : {};
  const files = await Promise.all(['manifest', 'handlers', 'routes'].map(load));
  const { parts, ...app } = Object.assign({}, ...files) as AppUnderTest & { parts?: object };
  return { ...app, ...parts };
}

test('an order counts once, although its deliveries fail and are repeated', async () => {
  const apps = await Promise.all(
    readdirSync(APPS).map(async (appId) => [appId, await appOf(appId)] as const),
  );
  const system = await testPlatform(platformOf(ENVIRONMENTS.local!), {
    apps: Object.fromEntries(apps),
  });
  system.faults.set({ duplicates: 1 });
  system.kill('order-processor', 'at-commit');
  await system.request('orders', 'POST', '/orders', { body: { customer_id: 'c-1' } });
  await system.advance(Duration.minutes(5));
  expect(await system.audit()).toMatchObject({ lost: [], doubled: [], waiting: [] });
  const rows = await system.query('order-processor', 'SELECT * FROM customer_orders');
  expect(rows).toEqual([{ customer_id: 'c-1', count: 1 }]);
  await system.stop();
});
