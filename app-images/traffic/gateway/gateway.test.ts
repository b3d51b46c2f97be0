import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { ODD_ROUTES, pathTo, SAMPLE, SAMPLE_URL } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(() => {
  app = new TestApp({ manifest, ...parts }, database);
});

const go = (route = SAMPLE) => app.request('GET', `/go/${pathTo(route)}`);

it('redirects to where a route leads, and says that this may change', async () => {
  const asked: string[] = [];
  app.answerCalls('traffic-api', ({ method, path }) => {
    asked.push(`${method} ${path}`);
    return { body: { url: SAMPLE_URL } };
  });
  expect(await go()).toMatchObject({
    status: 307,
    headers: { location: SAMPLE_URL, 'cache-control': 'no-store' },
  });
  for (const route of ODD_ROUTES) {
    expect((await go(route)).status).toBe(307);
  }
  expect(asked).toEqual(
    [SAMPLE, ...ODD_ROUTES].map((route) => `GET /api/resolve/${pathTo(route)}`),
  );
});

it('knows no route that the API does not know, and asks for none that cannot be', async () => {
  let calls = 0;
  app.answerCalls('traffic-api', () => {
    calls++;
    return { status: 404 };
  });
  expect((await go()).status).toBe(404);
  expect((await app.request('GET', '/go/%2E%2E/payments/prod/v2')).status).toBe(404);
  expect((await app.request('GET', '/go/a%00/payments/prod/v2')).status).toBe(404);
  expect(calls).toBe(1);
});

it('answers 503 while the API cannot be reached', async () => {
  expect((await go()).status).toBe(503);
  app.answerCalls('traffic-api', () => ({ status: 503 }));
  expect((await go()).status).toBe(503);
});
