import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { prober, proberParts, RouteProbed, RouteReported } from './probes.ts';

const route_id = 'b3b3c1f0-0000-4000-8000-000000000001';
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([prober], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('sends without a transaction', async () => {
  const app = new TestApp({ manifest: prober, ...proberParts }, database);
  const body = { route_id, healthy: true };
  expect((await app.request('POST', '/probes', { body })).status).toBe(202);
  expect(await app.published(RouteProbed)).toMatchObject([{ data: body }]);
});

it('tells of a broker that is down, where somebody waits', async () => {
  const app = new TestApp({ manifest: prober, ...proberParts }, database);
  app.brokerReachable = false;
  const report = { body: { route_id }, headers: { 'idempotency-key': 'r-1' } };
  const probe = { body: { route_id, healthy: false } };
  expect((await app.request('POST', '/probes', probe)).status).toBe(202);
  expect((await app.request('POST', '/reports', report)).status).toBe(503);
  expect(await app.published(RouteProbed)).toEqual([]);
  app.brokerReachable = true;
  expect((await app.request('POST', '/reports', report)).status).toBe(202);
  expect(await app.published(RouteReported)).toMatchObject([{ causationid: 'r-1' }]);
});
