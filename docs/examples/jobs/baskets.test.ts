import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { BasketExpired, jobs, manifest } from './baskets.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('removes old baskets once', async () => {
  const app = new TestApp({ manifest, jobs }, database);
  await database.pool.query(
    "INSERT INTO baskets VALUES ('b-1', '2026-11-01'), ('b-2', '2026-12-01')",
  );
  const run = { due: '2026-12-02T03:00:00Z' };
  expect(await app.runJob('cleanup', run)).toEqual({ outcome: 'done' });
  expect(await app.runJob('cleanup', run)).toEqual({ outcome: 'duplicate' });
  expect(await app.published(BasketExpired)).toMatchObject([{ data: { basket_id: 'b-1' } }]);
  const { rows } = await database.pool.query('SELECT basket_id FROM baskets');
  expect(rows).toEqual([{ basket_id: 'b-2' }]);
});
