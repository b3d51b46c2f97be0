import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import {
  eventRoute,
  IGNORED_EVENTS_ROUTE,
  INBOX_TABLE,
  QUARANTINE_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ACKNOWLEDGED, RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { consumer, each } from '../delivery/consumer.ts';
import type { Logger } from '../telemetry/logging.ts';
import { sidecarTokenCheck } from './sidecar-token.ts';

const Paid = defineEvent({
  type: 'com.example.bill.paid',
  version: '1.0.0',
  topic: 'bill-paid',
  key: 'account',
  description: 'A bill was paid.',
  schema: {
    type: 'object',
    required: ['account'],
    properties: { account: { type: 'string', minLength: 1, maxLength: 128 } },
  },
});
const manifest = defineApp({
  appId: 'payments',
  description: 'Pays bills.',
  port: 8080,
  subscribes: [Paid],
});
const body = JSON.stringify(testEvent(Paid, '1', { account: 'a' }));
const bulk = JSON.stringify({
  id: 'bulk',
  entries: [{ entryId: '0', event: JSON.parse(body) as unknown }],
});
const SINGLE = 'application/cloudevents+json';
const BULK = 'application/json';
const TOKEN = 'a token of the sidecar';

const handled = vi.fn(() => Promise.resolve());
const warn = vi.fn();
const log: Logger = { debug: vi.fn(), info: vi.fn(), error: vi.fn(), warn };
let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  const app = consumer(manifest, each(Paid, handled));
  running = await new RunningConsumer(app, database.pool, { appApiToken: TOKEN, log }).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
afterEach(() => {
  handled.mockClear();
  warn.mockClear();
});

const withToken = (token: string) => ({ 'dapr-api-token': token });

async function rows(table: string): Promise<number> {
  const result = await database.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}`,
  );
  return result.rows[0]!.count;
}

describe('an app with a token', () => {
  it.each([
    ['an event', eventRoute(Paid), body, SINGLE],
    ['events in bulk', eventRoute(Paid), bulk, BULK],
    ['an undeclared event', '/topics/bill-paid/undeclared', body, SINGLE],
    ['an ignored event', IGNORED_EVENTS_ROUTE, body, SINGLE],
    ['a dead letter', '/dead-letters/bill-paid.payments.dlq', body, SINGLE],
    ['a request to a path that it does not know', '/', body, SINGLE],
  ])('refuses %s without the token and with a wrong one', async (_what, path, text, type) => {
    for (const headers of [{}, withToken('another token'), withToken(`${TOKEN} `.slice(1))]) {
      expect(await running.post(path, text, type, headers)).toEqual({
        status: 401,
        body: 'unauthorized',
      });
    }
    expect(handled).not.toHaveBeenCalled();
    expect([await rows(INBOX_TABLE), await rows(QUARANTINE_TABLE)]).toEqual([0, 0]);
  });

  it('processes deliveries with the token', async () => {
    const headers = withToken(TOKEN);
    expect(await running.post(eventRoute(Paid), body, SINGLE, headers)).toEqual(ACKNOWLEDGED);
    expect((await running.post(eventRoute(Paid), bulk, BULK, headers)).status).toBe(200);
    expect(handled).toHaveBeenCalledTimes(1);
    expect(await rows(INBOX_TABLE)).toBe(1);
  });

  it('answers probes and scrapes without the token', async () => {
    expect((await running.get('/healthz')).status).toBe(200);
    expect((await running.get('/readyz')).status).toBe(200);
    expect((await running.scrape()).status).toBe(200);
  });

  it('refuses to tell its subscriptions without the token', async () => {
    expect((await running.get('/dapr/subscribe')).status).toBe(401);
  });
});

describe('sidecarTokenCheck', () => {
  const request = (headers: Readonly<Record<string, string>>) => ({ headers }) as never;

  it('accepts any request when there is no token', () => {
    expect(sidecarTokenCheck(undefined, log)(request({}), '/')).toBe(true);
  });

  it('refuses an empty token', () => {
    expect(() => sidecarTokenCheck('', log)).toThrow('the API token of the app is empty');
  });

  it('logs refused requests at most every 10 seconds, with their number', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const check = sidecarTokenCheck(TOKEN, log);
    check(request({}), '/a');
    check(request(withToken('x')), '/b');
    vi.advanceTimersByTime(9_000);
    check(request({}), '/c');
    expect(warn).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    check(request(withToken('x')), '/d');
    vi.useRealTimers();
    expect(warn.mock.calls.map(([fields]) => fields as object)).toEqual([
      { path: '/a', reason: 'no token', refused: 1 },
      { path: '/d', reason: 'wrong token', refused: 3 },
    ]);
  });
});
