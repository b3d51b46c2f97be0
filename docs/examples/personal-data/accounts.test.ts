import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { manifest, parts, UserRegistered } from './accounts.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('forgets who was erased', async () => {
  const app = new TestApp({ manifest, ...parts }, database);
  const ann = { user_id: 'ann', name: 'Ann', email: 'ann@example.com' };
  expect(await app.deliver(UserRegistered, ann)).toEqual({ outcome: 'processed' });
  await app.erase('ann');
  const { rows } = await database.pool.query('SELECT * FROM readers');
  expect(rows).toEqual([]);
});
