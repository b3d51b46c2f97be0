import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { RouteChanged } from '../events/index.ts';
import { changed, LONGEST, ODD_ROUTES } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('takes routes out of the cache, whatever their names are', async () => {
  const app = new TestApp({ manifest, ...parts }, database);
  const events = [...ODD_ROUTES, LONGEST].map((route) => ({ data: changed('activated', route) }));
  const delivered = await app.deliverAll(RouteChanged, events);
  expect(delivered.map(({ outcome }) => outcome)).toEqual(events.map(() => 'processed'));
});

it('has a delivery wait while the cache is down', async () => {
  const app = new TestApp({ manifest, ...parts }, database);
  const deliver = () => app.deliver(RouteChanged, changed('activated'), { id: 'held' });
  app.state.reachable = false;
  expect((await deliver()).outcome).toBe('retried');
  app.state.reachable = true;
  expect((await deliver()).outcome).toBe('processed');
});
