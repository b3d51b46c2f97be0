import { TaskCreated } from '@cdk8s-event-platform/contracts';
import { PublishError, RuntimeMetrics, Work } from '@cdk8s-event-platform/runtime';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { producerApp, taskIdOf } from './app.ts';

/** Stands in for the publisher, which has tests of its own. */
let published: { id: string; data: unknown }[];
let failure: Error | undefined;
let sidecar: string | undefined;
const work = new Work();
const app = producerApp({
  publisher: {
    publish: (contract, id, data) => {
      if (failure !== undefined) {
        return Promise.reject(failure);
      }
      published.push({ id, data });
      return Promise.resolve({
        specversion: '1.0' as const,
        id,
        source: '/test',
        type: contract.type,
        data,
      });
    },
    readiness: () => Promise.resolve(sidecar),
  },
  metrics: new RuntimeMetrics(),
  work,
  log: pino({ level: 'silent' }),
});
const task = { user_id: 'user-456', title: 'Complete documentation' };

beforeEach(() => {
  published = [];
  failure = undefined;
  sidecar = undefined;
});

function post(payload: unknown, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url: '/tasks',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe('POST /tasks', () => {
  it('publishes the task and fills in what the client left out', async () => {
    const response = await post(task);
    expect(response.statusCode).toBe(202);
    expect(published).toHaveLength(1);
    const { id, data } = published[0]!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(data).toEqual({
      ...task,
      task_id: taskIdOf(id),
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(response.json()).toEqual({ event_id: id, type: TaskCreated.type, data });
  });

  it('publishes a repeated request under the same id', async () => {
    await post(task, { 'idempotency-key': 'order-1' });
    await post(task, { 'idempotency-key': 'order-1' });
    expect(published.map(({ id }) => id)).toEqual(['order-1', 'order-1']);
    const ids = published.map(({ data }) => (data as { task_id: number }).task_id);
    expect(ids[0]).toBe(ids[1]);
    expect(Number.isSafeInteger(ids[0])).toBe(true);
  });

  it.each([
    [
      {},
      ["body must have required property 'user_id'", "body must have required property 'title'"],
    ],
    [{ ...task, title: '' }, ['body/title must NOT have fewer than 1 characters']],
    [{ ...task, title: 1 }, ['body/title must be string']],
    [{ ...task, title: 'a\u0000' }, ['body/title must match pattern "^[^\\u0000]*$"']],
    [{ ...task, extra: 1 }, ['body must NOT have additional properties extra']],
    [{ ...task, created_at: 'yesterday' }, ['body/created_at must match format "date-time"']],
    [{ ...task, task_id: 0 }, ['body/task_id must be >= 1']],
  ])('answers 400 with the reasons to %o, and publishes nothing', async (payload, reasons) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ reasons: string[] }>().reasons).toEqual(reasons);
    expect(published).toEqual([]);
  });

  it.each([
    ['{"user_id":', {}, 400],
    ['user_id=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [JSON.stringify({ ...task, description: 'x'.repeat(300_000) }), {}, 413],
    [JSON.stringify(task), { 'idempotency-key': 'with space' }, 400],
    [JSON.stringify(task), { 'idempotency-key': 'x'.repeat(201) }, 400],
  ])('refuses what is no request: case %#', async (payload, headers, status) => {
    expect((await post(payload, headers as Record<string, string>)).statusCode).toBe(status);
    expect(published).toEqual([]);
  });

  it('answers 503 when nothing confirms the event, and says how to repeat', async () => {
    failure = new PublishError('the sidecar cannot be reached');
    const response = await post(task);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.json<{ error: string }>().error).toContain('Idempotency-Key');
  });

  it('tells nothing of other failures', async () => {
    failure = new Error('secret');
    const response = await post(task);
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
  });
});

describe('health', () => {
  it('is that of the process', async () => {
    sidecar = 'the sidecar cannot be reached';
    for (const url of ['/health', '/healthz']) {
      expect((await app.inject({ url })).statusCode).toBe(200);
    }
  });

  it('is ready while the sidecar can publish', async () => {
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200);
    sidecar = 'the sidecar cannot be reached';
    const response = await app.inject({ url: '/readyz' });
    expect([response.statusCode, response.body]).toEqual([503, sidecar]);
  });

  it('comes with metrics', async () => {
    expect((await app.inject({ url: '/metrics' })).body).toContain('events_published_total');
    expect((await app.inject({ url: '/nowhere' })).statusCode).toBe(404);
  });
});
