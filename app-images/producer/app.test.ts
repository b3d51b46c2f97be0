import { TaskCreated, type TaskCreatedData } from '@cdk8s-event-platform/contracts';
import { silentLogger, Work } from '@cdk8s-event-platform/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../testing/database.ts';
import { SeenSpans } from '../testing/tracing.ts';
import { AcceptedTasks } from './accepted-tasks.ts';
import { producerApp, taskIdOf } from './app.ts';
import { manifest } from './manifest.ts';

let database: TestDatabase;
let app: ReturnType<typeof producerApp>;
let failure: Error | undefined;
let unready: string | undefined;
let woken = 0;
const task = { user_id: 'user-456', title: 'Complete documentation' };

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  const accepted = new AcceptedTasks(database.pool, () => woken++);
  app = producerApp({
    accepted: {
      accept: (request) =>
        failure === undefined ? accepted.accept(request) : Promise.reject(failure),
    },
    readiness: () => Promise.resolve(unready),
    work: new Work(),
    log: silentLogger,
  });
});
afterAll(() => database.drop());
beforeEach(async () => {
  failure = undefined;
  unready = undefined;
  woken = 0;
  await database.pool.query('TRUNCATE outbox, accepted_tasks');
});

interface OutboxEvent {
  readonly id: string;
  readonly time: string;
  readonly traceparent?: string;
  readonly data: TaskCreatedData;
}

/** The events in the outbox. */
async function outbox(): Promise<OutboxEvent[]> {
  const { rows } = await database.pool.query<{ event: OutboxEvent }>(
    'SELECT event::json AS event FROM outbox ORDER BY position',
  );
  return rows.map(({ event }) => event);
}

function post(payload: unknown, headers: Record<string, string> = {}, to = app) {
  return to.inject({
    method: 'POST',
    url: '/tasks',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe('POST /tasks', () => {
  it('puts the task into the outbox and fills in what the client left out', async () => {
    const response = await post(task);
    expect(response.statusCode).toBe(202);
    const [event, ...more] = await outbox();
    expect(more).toEqual([]);
    const { id, data } = event!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(data).toEqual({
      ...task,
      task_id: taskIdOf(id),
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(response.json()).toEqual({ event_id: id, type: TaskCreated.type, data });
    expect(woken).toBe(1);
  });

  it('accepts a repeated request once, and answers as it did', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await post(task, headers);
    const again = await post({ title: task.title, user_id: task.user_id }, headers);
    expect([again.statusCode, again.json<unknown>()]).toEqual([202, first.json<unknown>()]);
    const events = await outbox();
    expect(events.map(({ id }) => id)).toEqual(['order-1']);
    expect(Number.isSafeInteger(events[0]!.data.task_id)).toBe(true);
  });

  it('accepts a request once, however often it comes at the same time', async () => {
    const headers = { 'idempotency-key': 'order-2' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(task, headers)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await outbox()).toHaveLength(1);
  });

  it('refuses a key that was used for another request', async () => {
    const headers = { 'idempotency-key': 'order-3' };
    await post(task, headers);
    const response = await post({ ...task, title: 'Something else' }, headers);
    expect(response.statusCode).toBe(422);
    expect(response.json<{ error: string }>().error).toContain('use a new one');
    expect(await outbox()).toHaveLength(1);
  });

  it('passes the trace of the request on', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await post(task, { traceparent });
    expect(await outbox()).toMatchObject([{ traceparent }]);
  });

  it.each([
    [
      {},
      ["body must have required property 'user_id'", "body must have required property 'title'"],
    ],
    [{ ...task, title: '' }, ['body/title must NOT have fewer than 1 characters']],
    [{ ...task, title: 1 }, ['body/title must be string']],
    [{ ...task, title: 'a\u0000' }, ['body/title has a NUL in it, which PostgreSQL cannot store']],
    [{ ...task, extra: 1 }, ['body must NOT have additional properties extra']],
    [{ ...task, created_at: 'yesterday' }, ['body/created_at must match format "date-time"']],
    [{ ...task, task_id: 0 }, ['body/task_id must be >= 1']],
  ])('answers 400 with the reasons to %o, and publishes nothing', async (payload, reasons) => {
    const response = await post(payload);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ reasons: string[] }>().reasons).toEqual(reasons);
    expect(await outbox()).toEqual([]);
  });

  it.each([
    ['{"user_id":', {}, 400],
    ['user_id=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [JSON.stringify({ ...task, description: 'x'.repeat(300_000) }), {}, 413],
    [JSON.stringify(task), { 'idempotency-key': 'with space' }, 400],
    [JSON.stringify(task), { 'idempotency-key': 'x'.repeat(201) }, 400],
  ])('refuses what is no request: case %#', async (payload, headers, status) => {
    expect((await post(payload, headers as Record<string, string>)).statusCode).toBe(status);
    expect(await outbox()).toEqual([]);
  });

  it('answers 503 when the database is away, and says how to repeat', async () => {
    failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
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

describe('POST /tasks with tracing', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  function traced(share?: number): { spans: SeenSpans; to: typeof app } {
    const spans = new SeenSpans(share);
    const to = producerApp({
      accepted: new AcceptedTasks(database.pool, () => undefined),
      readiness: () => Promise.resolve(undefined),
      work: new Work(),
      log: silentLogger,
      tracing: spans.tracing,
    });
    return { spans, to };
  }

  it("is a span in the client's trace, and the event carries that span", async () => {
    const { spans, to } = traced();
    await post(task, { traceparent }, to);
    const [span, ...more] = spans.all();
    expect(more).toEqual([]);
    expect(span).toMatchObject({
      name: 'POST /tasks',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentId: '00f067aa0ba902b7',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/tasks',
        'http.response.status_code': 202,
      },
    });
    const own = `00-${span!.traceId}-${span!.spanId}-01`;
    expect(await outbox()).toMatchObject([{ traceparent: own, traceid: own }]);
  });

  it.each([
    [1, '01'],
    [0, '00'],
  ])('begins a trace with share %d where the client has none', async (share, flags) => {
    const { spans, to } = traced(share);
    await post(task, {}, to);
    const [event] = await outbox();
    expect(event!.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flags}$`));
    expect(spans.all()).toHaveLength(share);
  });

  it('has a span of what is refused, too, and none of probes', async () => {
    const { spans, to } = traced();
    await post({}, {}, to);
    await to.inject({ url: '/healthz' });
    expect(spans.all().map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
      400,
    ]);
  });

  it('marks a request that failed', async () => {
    const { spans } = traced();
    const failing = producerApp({
      accepted: { accept: () => Promise.reject(new Error('secret')) },
      readiness: () => Promise.resolve(undefined),
      work: new Work(),
      log: silentLogger,
      tracing: spans.tracing,
    });
    await post(task, {}, failing);
    const [{ status, attributes }] = spans.all() as [ReturnType<SeenSpans['all']>[number]];
    expect([status.code, attributes['http.response.status_code']]).toEqual([2, 500]);
  });
});

describe('health', () => {
  it('is that of the process', async () => {
    unready = 'database: connect ECONNREFUSED';
    for (const url of ['/health', '/healthz']) {
      expect((await app.inject({ url })).statusCode).toBe(200);
    }
  });

  it('is ready while the database answers', async () => {
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200);
    unready = 'database: connect ECONNREFUSED';
    const response = await app.inject({ url: '/readyz' });
    expect([response.statusCode, response.body]).toEqual([503, 'not ready']);
  });

  it.each(['/metrics', '/nowhere'])('is all that anybody can read: not %s', async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(404);
  });
});
