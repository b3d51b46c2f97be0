import { TaskCreated } from './events/index.ts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { analyticsAggregator } from './analytics-aggregator/handlers.ts';
import { notificationSender } from './notification-sender/handlers.ts';
import { type Consumer, notifications } from '@cdk8s-event-platform/runtime';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { taskProcessor } from './task-processor/handlers.ts';

/** Nothing is sent: what is scheduled is looked at. */
const notification = notifications({ NOTIFICATION_URL: 'http://127.0.0.1:9/' });
const sender = notificationSender(notification);
let database: TestDatabase;
beforeAll(async () => {
  const apps = [taskProcessor, sender, analyticsAggregator];
  const manifests = apps.map(({ manifest }) => manifest);
  database = await createDatabase(manifests, { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

const task = {
  task_id: 7,
  user_id: 'user-1',
  title: 'Tidy up',
  created_at: '2026-03-01T23:30:00-02:00',
};

/** Delivers 40 events to a consumer, each three times and at once. */
async function deliverThrice(consumer: Consumer): Promise<TestApp> {
  const app = new TestApp(consumer, database);
  const deliveries = await Promise.all(
    Array.from({ length: 120 }, (_, n) =>
      app.deliver(TaskCreated, { ...task, user_id: `user-${n % 4}` }, { id: `event-${n % 40}` }),
    ),
  );
  const outcomes = deliveries.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'processed')).toHaveLength(40);
  expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(80);
  return app;
}

async function rows(statement: string): Promise<unknown[]> {
  const result = await database.pool.query<Record<string, unknown>>(statement);
  return result.rows;
}

describe('each event has one effect, however often it is delivered', () => {
  it('task-processor keeps one row', async () => {
    await deliverThrice(taskProcessor);
    expect(
      await rows('SELECT count(*)::int, count(DISTINCT event_id)::int AS events FROM tasks'),
    ).toEqual([{ count: 40, events: 40 }]);
    expect(
      await rows(`SELECT task_id, user_id, title, description, created_at FROM tasks
                  WHERE event_id = 'event-1'`),
    ).toEqual([
      {
        task_id: '7',
        user_id: 'user-1',
        title: 'Tidy up',
        description: null,
        created_at: new Date(task.created_at),
      },
    ]);
  });

  it('notification-sender schedules one notification', async () => {
    const app = await deliverThrice(sender);
    const scheduled = await app.scheduled(notification);
    expect(scheduled).toHaveLength(40);
    expect(new Set(scheduled.map(({ subject }) => subject))).toEqual(
      new Set(['Task created: Tidy up']),
    );
  });

  it('analytics-aggregator counts it once, on its day in UTC', async () => {
    await deliverThrice(analyticsAggregator);
    expect(
      await rows(
        'SELECT metric, day::text, user_id, count::int FROM aggregations ORDER BY user_id',
      ),
    ).toEqual(
      [0, 1, 2, 3].map((user) => ({
        metric: 'tasks_created',
        day: '2026-03-02',
        user_id: `user-${user}`,
        count: 10,
      })),
    );
  });
});
