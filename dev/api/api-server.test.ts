import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSecret } from '../../cli/make-secret.ts';
import { TASKS } from '../../charts/tasks/index.ts';
import { read } from '../../docs/documents.ts';
import { Broker } from '../broker/broker.ts';
import { programOf } from '../run/app-process.ts';
import { type LocalPlatform, runPlatform } from '../run/run-platform.ts';
import type { EventDetail, EventSummary, QuarantineGroup, StatusView } from './types.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'event-platform-api-'));
/** Others than those of the test of `runPlatform`, which runs at the same time. */
const PORTS = { port: 18_280, pagePort: 19_480, databasePort: 15_480 };
const APPS = ['producer', 'task-processor'];
const TOPIC = 'task-created';
const TYPE = 'com.myapp.task.created';
const TASK = { user_id: 'ada', title: 'first', created_at: '2026-01-01T00:00:00Z' };
const lines: string[] = [];
let running: LocalPlatform;

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

async function ask<Body>(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Body>> {
  const response = await fetch(`http://127.0.0.1:${running.pagePort}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

function publish(data: object): Promise<Answer<{ id: string; error: string }>> {
  return ask('POST', `/api/topics/${TOPIC}/events`, { type: TYPE, data });
}

async function status(): Promise<StatusView> {
  return (await ask<StatusView>('GET', '/api/status')).body;
}

async function detailOf(id: string): Promise<EventDetail> {
  const { body } = await ask<EventSummary[]>('GET', `/api/topics/${TOPIC}/events`);
  const { partition, position } = body.find((event) => event.id === id)!;
  const path = `/api/topics/${TOPIC}/events/${partition}/${position}`;
  return (await ask<EventDetail>('GET', path)).body;
}

/** Apps that listen, and whose groups have no event left. */
async function idle(): Promise<void> {
  await expect
    .poll(
      async () => (await status()).groups.find(({ appId }) => appId === 'task-processor')!.lag,
      {
        timeout: 30_000,
      },
    )
    .toBe(0);
}

beforeAll(async () => {
  // The database's user, which is not root, has to reach its data.
  chmodSync(FOLDER, 0o755);
  const platform = TASKS.environments.local!();
  const secrets = new Map(
    platform.secrets.map((reference) => [reference.name, makeSecret(reference, 'any').stringData]),
  );
  running = await runPlatform({
    ...{ platform, folder: join(FOLDER, 'data'), ...PORTS },
    programs: new Map(
      APPS.map((appId) => [
        appId,
        programOf(join(import.meta.dirname, '..', '..', 'app-images', TASKS.images[appId]!))!,
      ]),
    ),
    secret: (name, key) => secrets.get(name)![key]!,
    log: (_from, line) => lines.push(line),
  });
  await vi.waitFor(
    () => expect(lines.filter((line) => line.includes('"listening"'))).toHaveLength(APPS.length),
    30_000,
  );
});
afterAll(async () => {
  await running.stop();
  rmSync(FOLDER, { recursive: true, force: true });
});

it('shows an event with the rows of its consumer, and its spans', async () => {
  const created = await publish({ ...TASK, task_id: 1 });
  expect(created.status).toBe(201);
  await idle();
  const detail = await detailOf(created.body.id);
  expect(detail).toMatchObject({
    type: TYPE,
    key: 'ada',
    problems: [],
    source: '/event-platform-dev',
  });
  expect(detail.consumers).toMatchObject([
    {
      appId: 'task-processor',
      outcome: 'processed',
      rows: { tasks: [{ task_id: 1, title: 'first' }] },
    },
  ]);
  const answer = await fetch(`http://127.0.0.1:${running.ports.get('producer')!}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ada', title: 'traced' }),
  });
  const { event_id: id } = (await answer.json()) as { event_id: string };
  await expect
    .poll(async () => (await detailOf(id)).spans.map(({ name }) => name), { timeout: 30_000 })
    .toEqual(expect.arrayContaining(['POST /tasks', 'process task-created']));
});

it.each([
  ['data that do not match', { ...TASK, task_id: 'one' }, 422, 'data/task_id must be integer'],
  ['data without its key', { title: 'first' }, 422, "data must have required property 'task_id'"],
])('publishes no event with %s', async (_name, data, code, error) => {
  const before = (await status()).topics.find(({ topic }) => topic === TOPIC)!.events;
  const answer = await publish(data);
  expect([answer.status, answer.body.error]).toEqual([code, expect.stringContaining(error)]);
  expect((await status()).topics.find(({ topic }) => topic === TOPIC)!.events).toBe(before);
});

describe('a request that cannot be answered is refused with its reason', () => {
  it.each([
    ['GET', '/api/topics/unknown/events', undefined, 404, "topic 'unknown' does not exist"],
    ['GET', `/api/topics/${TOPIC}/events/0/4711`, undefined, 404, 'no event 4711 in partition 0'],
    ['GET', `/api/topics/${TOPIC}/events/x/0`, undefined, 400, 'params/partition must be integer'],
    ['GET', `/api/topics/${TOPIC}/events?limit=0`, undefined, 400, 'limit must be >= 1'],
    ['GET', `/api/topics/${TOPIC}/events?until=now`, undefined, 400, 'until must match format'],
    ['POST', `/api/topics/${TOPIC}/events`, { type: 'com.a.b.c', data: {} }, 404, 'no contract'],
    ['POST', '/api/topics/other/events', { type: TYPE, data: {} }, 400, `published to '${TOPIC}'`],
    ['POST', `/api/topics/${TOPIC}/events`, {}, 400, "must have required property 'type'"],
    ['POST', '/api/apps/nobody/kill', undefined, 404, 'use producer, task-processor'],
    ['POST', '/api/databases/interrupt', { seconds: 0 }, 400, 'seconds must be >= 1'],
    ['PUT', '/api/faults', { duplicates: 2, loseAnswers: 0, delay: 0 }, 400, 'must be <= 1'],
    ['PUT', '/api/faults', { duplicates: 0 }, 400, "must have required property 'loseAnswers'"],
    ['POST', '/api/quarantine/replay', { database: 'x' }, 400, 'must have required property'],
    ['GET', '/api/nothing', undefined, 404, 'no GET /api/nothing'],
  ])('%s %s', async (method, path, body, code, error) => {
    const answer = await ask<{ error: string }>(method, path, body);
    expect([answer.status, answer.body.error]).toEqual([code, expect.stringContaining(error)]);
  });

  it.each([
    ['of another origin', { origin: 'https://example.com' }],
    ['of another page', { 'sec-fetch-site': 'cross-site' }],
  ])('%s', async (_name, headers) => {
    const { status: code } = await ask('POST', '/api/apps/producer/kill', undefined, headers);
    expect(code).toBe(403);
  });
});

it('an app that is killed starts again, and loses nothing', async () => {
  const starts = async () =>
    (await status()).apps.find(({ appId }) => appId === 'task-processor')!.starts;
  const before = await starts();
  await ask('PUT', '/api/faults', { duplicates: 0.5, loseAnswers: 0.5, delay: 20 });
  const ids: string[] = [];
  for (let task = 100; task < 120; task++) {
    ids.push((await publish({ ...TASK, task_id: task })).body.id);
  }
  expect((await ask('POST', '/api/apps/task-processor/kill')).status).toBe(202);
  await expect.poll(starts).toBe(before + 1);
  await idle();
  await ask('PUT', '/api/faults', { duplicates: 0, loseAnswers: 0, delay: 0 });
  for (const id of ids) {
    const { consumers } = await detailOf(id);
    expect(consumers.map(({ outcome }) => outcome)).toEqual(['processed']);
  }
});

it('an outage of the databases ends by itself, and loses nothing', async () => {
  expect((await ask('POST', '/api/databases/interrupt', { seconds: 2 })).status).toBe(202);
  expect((await status()).databases).toMatchObject([{ available: false }]);
  const { id } = (await publish({ ...TASK, task_id: 200 })).body;
  await idle();
  expect((await status()).databases).toMatchObject([{ available: true }]);
  expect((await detailOf(id)).consumers).toMatchObject([{ outcome: 'processed' }]);
});

it('lists the quarantine by cause, and replays and discards a cause', async () => {
  const pool = new pg.Pool({ ...running.database, database: 'postgres' });
  const broker = await Broker.open(pool);
  const event = { specversion: '1.0', source: '/test', type: TYPE, time: new Date().toISOString() };
  const poison = ['1', '2'].map((id) => ({
    ...{ ...event, id },
    // Of another user each: an event waits for an earlier one of its key.
    data: { ...TASK, user_id: id, task_id: 'poison' },
  }));
  const records = poison.map((each) => ({ value: Buffer.from(JSON.stringify(each)), headers: {} }));
  await broker.append(TOPIC, records);
  await pool.end();
  // The platform's own broker does not know of them until something else is published.
  await publish({ ...TASK, task_id: 300 });
  await idle();

  const groups = async () => (await ask<QuarantineGroup[]>('GET', '/api/quarantine')).body;
  const [group, ...others] = await groups();
  expect(others).toEqual([]);
  expect(group).toMatchObject({ consumer: 'task-processor', reason: 'contract', events: 2 });
  const { database, consumer, topic, type, reason, cause } = group!;
  const selection = { database, consumer, topic, type, reason, cause };
  const replayed = await ask('POST', '/api/quarantine/replay', selection);
  expect(replayed.body).toEqual({ events: 2 });
  // They are still poison.
  await expect.poll(async () => (await groups())[0]?.events, { timeout: 30_000 }).toBe(2);
  const discarded = await ask('POST', '/api/quarantine/discard', selection);
  expect([discarded.body, await groups()]).toEqual([{ events: 2 }, []]);
  const gone = await ask('POST', '/api/quarantine/replay', { ...selection, database: 'gone' });
  expect(gone.body).toEqual({ error: `no database 'gone': use ${database}` });
});

it('serves a page that loads nothing from elsewhere', async () => {
  const response = await fetch(`http://127.0.0.1:${running.pagePort}/`);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await response.text();
  expect(html.match(/(?:src|href)="(?!\/|data:)/g)).toBeNull();
  const script = await fetch(`http://127.0.0.1:${running.pagePort}/page.js`);
  expect(await script.text()).toContain('/api/status');
});

it('every path of the API is described', () => {
  const source = read('dev/api/api-server.ts');
  const routes = [...source.matchAll(/api\.(get|post|put)(?:<[^(]*>)?\(\s*'(\/api[^']*)'/g)].map(
    ([, method, path]) => `${method!.toUpperCase()} ${path!.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  expect(routes).toContain('PUT /api/faults');
  const described = read('docs/dev-api.md');
  expect(routes.filter((route) => !described.includes(`\`${route}\``))).toEqual([]);
});
