import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { RouteProbed } from '../events/index.ts';
import { pathTo, SAMPLE } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

const show = () => app.request('GET', `/api/health/${pathTo(SAMPLE)}`);
const probed = (minute: number, status?: number) =>
  app.deliver(RouteProbed, {
    ...{ ...SAMPLE, healthy: status === 200, latency_ms: minute },
    ...(status !== undefined && { status }),
    probed_at: `2026-03-01T10:0${minute}:00.000Z`,
  });

it('shows the newest probe of a route, whatever the order in which they come', async () => {
  expect((await show()).status).toBe(404);
  await probed(2, 200);
  const newest = { healthy: true, status: 200, latency_ms: 2 };
  expect((await show()).body).toEqual({ ...newest, probed_at: '2026-03-01T10:02:00.000Z' });
  await probed(1, 500);
  expect((await show()).body).toMatchObject(newest);
  await probed(3);
  expect((await show()).body).toMatchObject({ healthy: false, status: null, latency_ms: 3 });
});
