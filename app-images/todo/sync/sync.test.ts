import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { sideEffect } from '@cdk8s-event-platform/runtime';
import { TaskCompleted, TaskDeleted } from '../events/index.ts';
import { completed, deleted } from '../testing/sample-events.ts';
import { manifest } from './manifest.ts';
import { messageOf } from './messages.ts';
import { syncParts } from './parts.ts';

const SECRET = Buffer.alloc(24, 7).toString('base64');
const event = {
  ...({ specversion: '1.0', id: 'e-1' } as const),
  ...{ source: '/todo/api', type: TaskCompleted.type },
  ...{ time: '2026-03-01T11:30:00Z', datacontenttype: 'application/json', data: completed() },
} as const;

describe('messages', () => {
  it('have the form that each service expects', () => {
    const text = 'task 7 completed: Buy groceries';
    expect(messageOf(event, { format: 'slack' })).toEqual({ text });
    expect(messageOf(event, { format: 'jira' })).toEqual({
      ...{ issues: ['TODO-7'], summary: text, fields: completed() },
    });
    expect(messageOf(event, { format: 'json' })).toEqual({
      ...{ id: 'e-1', type: TaskCompleted.type, time: event.time, data: completed() },
    });
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
