import { TaskCreated } from '../events/index.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { manifest } from './manifest.ts';
import { routes, taskIdOf } from './routes.ts';

let database: TestDatabase;
let app: TestApp;
const task = { user_id: 'user-456', title: 'Complete documentation' };

beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, routes }, database);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE outbox, idempotency_keys'));

function post(body: object, headers: Record<string, string> = {}) {
  return app.request('POST', '/tasks', { body, headers });
}

describe('POST /tasks', () => {
  it('puts the task into the outbox and fills in what the client left out', async () => {
    const { status, body } = await post(task);
    expect(status).toBe(202);
    const [event, ...more] = await app.published(TaskCreated);
    expect(more).toEqual([]);
    const { id, source, data } = event!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(source).toBe('/producer-service');
    expect(data).toEqual({
      ...task,
      task_id: taskIdOf(id),
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(body).toEqual({ event_id: id, type: TaskCreated.type, data });
  });

  it('takes the id of the event from the Idempotency-Key, and a task once', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const first = await post(task, headers);
    const again = await post({ title: task.title, user_id: task.user_id }, headers);
    expect([again.status, again.body]).toEqual([202, first.body]);
    const events = await app.published(TaskCreated);
    expect(events.map(({ id }) => id)).toEqual(['order-1']);
    expect(Number.isSafeInteger(events[0]!.data.task_id)).toBe(true);
  });

  it('keeps what the client gives', async () => {
    const given = { ...task, task_id: 7, created_at: '2026-11-21T10:00:00Z', description: 'All.' };
    await post(given);
    expect((await app.published(TaskCreated)).map(({ data }) => data)).toEqual([given]);
  });

  it.each([
    [{}, ["# must have required property 'user_id'", "# must have required property 'title'"]],
    [{ ...task, title: '' }, ['#/title must NOT have fewer than 1 characters']],
    [{ ...task, title: 1 }, ['#/title must be string']],
    [{ ...task, title: 'a\u0000' }, ['body/title has a NUL in it, which PostgreSQL cannot store']],
    [{ ...task, extra: 1 }, ['# must NOT have additional properties extra']],
    [{ ...task, created_at: 'yesterday' }, ['#/created_at must match format "date-time"']],
    [{ ...task, task_id: 0 }, ['#/task_id must be >= 1']],
  ])('refuses %o, and publishes nothing', async (payload, reasons) => {
    const { status, body } = await post(payload);
    expect(status).toBe(400);
    const { errors } = body as { errors: { pointer?: string; detail: string }[] };
    const said = errors.map(({ pointer, detail }) => `${pointer ?? ''} ${detail}`.trim());
    expect(said).toEqual(reasons);
    expect(await app.published(TaskCreated)).toEqual([]);
  });
});
