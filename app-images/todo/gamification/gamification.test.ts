import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { TaskCompleted } from '../events/index.ts';
import { completed } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { badgesFor, parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

it('awards points for a task once, more of them where it took less than an hour', async () => {
  await app.deliver(TaskCompleted, completed({ task_id: 1, duration_minutes: 59 }));
  await app.deliver(TaskCompleted, completed({ task_id: 2, duration_minutes: 60 }));
  // Another event about the same task.
  expect(await app.deliver(TaskCompleted, completed({ task_id: 1 }))).toEqual({
    outcome: 'processed',
  });
  const { body } = await app.request('GET', '/api/points/ada');
  expect(body).toEqual({ points: 25, completed: 2, badges: ['first-step'] });
});

it('shows nobody as a user without points', async () => {
  const { body } = await app.request('GET', '/api/points/nobody');
  expect(body).toEqual({ points: 0, completed: 0, badges: [] });
});

it('forgets a user who was erased', async () => {
  await app.deliver(TaskCompleted, completed({ task_id: 5, user_id: 'ben' }));
  await app.erase('ben');
  const { body } = await app.request('GET', '/api/points/ben');
  expect(body).toMatchObject({ points: 0 });
});

it.each([
  [0, []],
  [1, ['first-step']],
  [10, ['first-step', 'steady']],
  [100, ['first-step', 'steady', 'tireless']],
])('has badges for %i tasks', (tasks, badges) => {
  expect(badgesFor(tasks)).toEqual(badges);
});
