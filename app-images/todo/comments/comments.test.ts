import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { TaskCreated, TaskDeleted } from '../events/index.ts';
import { created, deleted } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE todo_commented_tasks CASCADE'));

const comment = () =>
  app.request('POST', '/api/comments', {
    body: { task_id: 7, user_id: 'ada', text: 'Which shop?' },
  });

async function comments(): Promise<unknown[]> {
  const { body } = await app.request('GET', '/api/comments?task_id=7');
  return (body as { comments: unknown[] }).comments;
}

it('removes comments with their task', async () => {
  await app.deliver(TaskCreated, created());
  expect(await comment()).toMatchObject({ status: 201 });
  expect(await comments()).toMatchObject([{ user_id: 'ada', text: 'Which shop?' }]);
  await app.deliver(TaskDeleted, deleted());
  expect(await comments()).toEqual([]);
  expect(await comment()).toMatchObject({ status: 404 });
});

it('takes no comments on a task that is not known, or whose deletion came before its creation', async () => {
  expect(await comment()).toMatchObject({ status: 404 });
  await app.deliver(TaskDeleted, deleted());
  await app.deliver(TaskCreated, created());
  expect(await comment()).toMatchObject({ status: 404 });
  expect(await comments()).toEqual([]);
});

it('forgets a deleted task after 60 days', async () => {
  await app.deliver(TaskDeleted, deleted({ deleted_at: '2026-03-01T10:00:00Z' }));
  await app.deliver(TaskCreated, created({ task_id: 8 }));
  const left = async () => {
    const { rows } = await database.pool.query<{ task_id: string }>(
      'SELECT task_id FROM todo_commented_tasks ORDER BY task_id',
    );
    return rows.map(({ task_id: taskId }) => taskId);
  };
  await app.runJob('cleanup', { due: '2026-04-30T03:30:00Z' });
  expect(await left()).toEqual(['7', '8']);
  await app.runJob('cleanup', { due: '2026-05-01T03:30:00Z' });
  expect(await left()).toEqual(['8']);
});
