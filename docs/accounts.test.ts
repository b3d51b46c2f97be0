import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { balances } from './examples/accounts/balances.ts';
import { AccountOpened } from './examples/accounts/events.ts';
import { manifest } from './examples/accounts/manifest.ts';

// The program would start.
vi.mock('@cdk8s-event-platform/runtime', async (original) => ({
  ...(await original<object>()),
  startService: vi.fn(),
}));
const { routes } = await import('./examples/accounts/main.ts');

it('is rendered with the tables of its projection', async () => {
  const { bank } = await import('./examples/accounts/platform.ts');
  expect(bank.database!.migrations.map(({ name }) => name)).toContain('projection-balances-v1');
  expect(bank.projectionAlerts).toBeDefined();
});

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('writes events, and reads tables', async () => {
  const bank = new TestApp({ manifest, routes, projections: [balances] }, database);
  await bank.request('PUT', '/accounts/a-1', { body: { owner: 'ann' } });
  const deposit = { body: { amount: 100 }, headers: { 'idempotency-key': '1' } };
  await bank.request('POST', '/accounts/a-1/deposits', deposit);
  await bank.request('POST', '/accounts/a-1/deposits', deposit);
  const withdraw = (amount: number) =>
    bank.request('POST', '/accounts/a-1/withdrawals', { body: { amount } });
  expect(await withdraw(50)).toMatchObject({ status: 200, body: { balance: 50 } });
  expect(await withdraw(51)).toMatchObject({
    status: 409,
    body: { reason: 'insufficient-funds', detail: 'the balance is 50' },
  });
  expect(await bank.published(AccountOpened)).toHaveLength(1);

  await bank.project();
  expect(await bank.request('GET', '/accounts?owner=ann')).toMatchObject({
    body: { accounts: [{ account_id: 'a-1', owner: 'ann', balance: 50 }] },
  });
  expect(await bank.request('GET', '/accounts/a-1?at=2020-01-01T00:00:00Z')).toMatchObject({
    body: { isOpen: false, balance: 0, version: 0 },
  });
});
