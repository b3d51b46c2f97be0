import { type TestPlatform, testPlatform } from '@cdk8s-event-platform/dev';
import { createDatabase, TestApp } from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { balances } from './examples/accounts/balances.ts';
import { AccountOpened } from './examples/accounts/events.ts';
import { Balances, manifest } from './examples/accounts/manifest.ts';
import { bank, platform } from './examples/accounts/platform.ts';

// The program would start.
vi.mock('@cdk8s-event-platform/runtime', async (original) => ({
  ...(await original<object>()),
  startService: vi.fn(),
}));
const { routes } = await import('./examples/accounts/main.ts');

describe('the account example', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase([manifest], { url: inject('postgresUrl') });
  });
  afterAll(() => database.drop());

  it('writes events, and reads tables', async () => {
    const app = new TestApp({ manifest, routes, projections: [balances] }, database);
    await app.request('PUT', '/accounts/a-1', { body: { owner: 'ann' } });
    const deposit = { body: { amount: 100 }, headers: { 'idempotency-key': '1' } };
    await app.request('POST', '/accounts/a-1/deposits', deposit);
    await app.request('POST', '/accounts/a-1/deposits', deposit);
    const withdraw = (amount: number) =>
      app.request('POST', '/accounts/a-1/withdrawals', { body: { amount } });
    expect(await withdraw(50)).toMatchObject({ status: 200, body: { balance: 50 } });
    expect(await withdraw(51)).toMatchObject({
      status: 409,
      body: { reason: 'insufficient-funds', detail: 'the balance is 50' },
    });
    expect(await app.published(AccountOpened)).toHaveLength(1);

    await app.project();
    expect(await app.request('GET', '/accounts?owner=ann')).toMatchObject({
      body: { accounts: [{ account_id: 'a-1', owner: 'ann', balance: 50 }] },
    });
    expect(await app.request('GET', '/accounts/a-1?at=2020-01-01T00:00:00Z')).toMatchObject({
      body: { isOpen: false, balance: 0, version: 0 },
    });
  });
});

describe('its platform', () => {
  let tested: TestPlatform;
  beforeAll(async () => {
    tested = await testPlatform(platform, {
      apps: { bank: { manifest, routes, projections: [balances] } },
    });
  });
  afterAll(() => tested.stop());

  it('is rendered with the tables of its projection', () => {
    expect(bank.database!.migrations.map(({ name }) => name)).toContain('projection-balances-v1');
    expect(bank.projectionAlerts).toBeDefined();
  });

  it('projects by itself, each event once, whatever is killed', async () => {
    const request = (method: 'PUT' | 'POST', path: string, body: object, key: string) =>
      tested.request('bank', method, path, { body, headers: { 'idempotency-key': key } });
    await request('PUT', '/accounts/b-1', { owner: 'bob' }, 'open');
    tested.kill('bank', 'at-commit');
    for (let attempt = 0; attempt < 3; attempt++) {
      await request('POST', '/accounts/b-1/deposits', { amount: 7 }, 'k').catch(() => undefined);
    }
    await tested.settle();
    expect(await tested.published(AccountOpened)).toHaveLength(1);
    expect(
      await tested.query('bank', `SELECT owner, balance::int FROM ${Balances.table()}`),
    ).toEqual([{ owner: 'bob', balance: 7 }]);
  });
});
