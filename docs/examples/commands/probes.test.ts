import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { gateway, gatewayParts, prober, proberParts, ProbeUrl } from './probes.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([gateway, prober], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('answers with what the prober says', async () => {
  const app = new TestApp({ manifest: gateway, ...gatewayParts }, database);
  app.answer(ProbeUrl.priorities.urgent, ({ url }) => ({ healthy: url.endsWith('.example') }));
  const { status, body } = await app.request('POST', '/probes', {
    body: { url: 'https://a.example' },
  });
  expect([status, body]).toEqual([200, { healthy: true }]);
});

it('answers who has asked', async () => {
  const app = new TestApp({ manifest: prober, ...proberParts }, database);
  const command = { url: 'http://a.example' };
  await app.deliver(ProbeUrl, command, { id: 'p-1', replyto: 'gateway' });
  expect(await app.published(ProbeUrl.reply)).toMatchObject([
    { data: { request_id: 'p-1', reply: { healthy: false, reason: 'only https is probed' } } },
  ]);
});
