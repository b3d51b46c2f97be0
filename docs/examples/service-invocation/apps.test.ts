import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { gateway, gatewayApp } from './apps.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([gatewayApp], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('redirects to where a route leads', async () => {
  const app = new TestApp({ manifest: gatewayApp, ...gateway }, database);
  expect((await app.request('GET', '/go/r1')).status).toBe(503);
  app.answerCalls('routes', ({ path }) =>
    path === '/routes/r1' ? { body: { target: 'https://a.example' } } : { status: 404 },
  );
  const { status, headers } = await app.request('GET', '/go/r1');
  expect([status, headers.location]).toEqual([302, 'https://a.example']);
  expect((await app.request('GET', '/go/r2')).status).toBe(404);
});
