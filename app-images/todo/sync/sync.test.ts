import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { sideEffect } from '@cdk8s-event-platform/runtime';
import { TaskCompleted, TaskDeleted } from '../events/index.ts';
import { completed, deleted } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { messageOf } from './messages.ts';
import { syncParts } from './parts.ts';
import { syncSettings } from './settings.ts';
import { post } from './webhook.ts';

const SECRET = Buffer.alloc(24, 7).toString('base64');
const event = {
  ...({ specversion: '1.0', id: 'e-1' } as const),
  ...{ source: '/todo/api', type: TaskCompleted.type },
  ...{ time: '2026-03-01T11:30:00Z', datacontenttype: 'application/json', data: completed() },
} as const;

describe('messages', () => {
  it('have the form that each service expects', () => {
    const text = 'task 7 completed: Buy groceries';
    expect(messageOf({ format: 'slack' }, event)).toEqual({ text });
    expect(messageOf({ format: 'jira' }, event)).toEqual({
      ...{ issues: ['TODO-7'], summary: text, fields: completed() },
    });
    expect(messageOf({}, event)).toEqual({
      ...{ id: 'e-1', type: TaskCompleted.type, time: event.time, data: completed() },
    });
  });
});

describe('a webhook', () => {
  interface Received {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  const received: Received[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => server.close());
  const send = (url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`) =>
    post({ name: 'slack', url }, SECRET, {
      ...{ payload: { text: 'Zażółć' }, idempotencyKey: 'key-1', fencingToken: 1 },
      ...{ signal: AbortSignal.timeout(5_000), traceparent: undefined },
    });

  it('is signed, with the id that repetitions have, too', async () => {
    await send();
    const { headers, body } = received.at(-1)!;
    const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']];
    const hmac = createHmac('sha256', Buffer.from(SECRET, 'base64'));
    expect(id).toBe('key-1');
    expect(headers['webhook-signature']).toBe(
      `v1,${hmac.update(`${String(id)}.${String(timestamp)}.${body}`).digest('base64')}`,
    );
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    expect(JSON.parse(body)).toEqual({ text: 'Zażółć' });
  });

  it('fails when it is not accepted', async () => {
    status = 429;
    await expect(send()).rejects.toThrow('slack answered 429');
    await expect(send('http://127.0.0.1:9/')).rejects.toThrow();
  });
});

describe('the app', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase([manifest], { url: inject('postgresUrl') });
  });
  afterAll(() => database.drop());

  it('asks each service to be told of each event', async () => {
    const targets = [
      { name: 'slack', url: 'https://slack.example.com/hook', format: 'slack' },
      { name: 'jira', url: 'https://jira.example.com/hook', format: 'jira' },
    ] as const;
    const app = new TestApp({ manifest, ...syncParts({ targets, secret: SECRET }) }, database);
    await app.deliver(TaskCompleted, completed(), { id: 'a' });
    await app.deliver(TaskCompleted, completed(), { id: 'a' });
    await app.deliver(TaskDeleted, deleted(), { id: 'b' });
    const scheduled = (kind: string) => app.scheduled(sideEffect(kind, () => Promise.resolve()));
    expect(await scheduled('slack')).toEqual([
      { text: 'task 7 completed: Buy groceries' },
      { text: 'task 7 deleted: Buy groceries' },
    ]);
    expect(await scheduled('jira')).toHaveLength(2);
  });
});

describe('settings', () => {
  it.each([
    ['{', 'JSON array'],
    ['{}', 'JSON array'],
    ['[null]', 'WEBHOOK_TARGETS[0].name'],
    ['[{"name":"Slack","url":"https://a.example"}]', 'WEBHOOK_TARGETS[0].name'],
    ['[{"name":"slack","url":"ftp://a.example"}]', 'http or https URL'],
    ['[{"name":"slack","url":"https://a.example","format":"teams"}]', 'slack, jira or json'],
    [
      '[{"name":"a","url":"https://a.example"},{"name":"a","url":"https://b.example"}]',
      'one name twice',
    ],
  ])('%s are refused', (targets, problem) => {
    expect(() => syncSettings({ WEBHOOK_TARGETS: targets, WEBHOOK_SECRET: SECRET })).toThrow(
      problem,
    );
  });

  it('need a key only where somebody is told', () => {
    expect(syncSettings({})).toEqual({ targets: [], secret: '' });
    const WEBHOOK_TARGETS = '[{"name":"slack","url":"https://a.example"}]';
    expect(() => syncSettings({ WEBHOOK_TARGETS, WEBHOOK_SECRET: 'c2hvcnQ=' })).toThrow('24 bytes');
    expect(syncSettings({ WEBHOOK_TARGETS, WEBHOOK_SECRET: SECRET }).targets).toHaveLength(1);
  });
});
