import { TaskCreated } from './events/index.ts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { analyticsAggregator } from './analytics-aggregator/handlers.ts';
import { notificationSender } from './notification-sender/handlers.ts';
import type { Consumer } from './runtime/consumer.ts';
import { notifications } from './runtime/notifications.ts';
import { taskProcessor } from './task-processor/handlers.ts';
import { createDatabase, type TestDatabase } from './testing/database.ts';
import { ACKNOWLEDGED, RunningConsumer } from './testing/running-consumer.ts';

/** Nothing is sent: what is scheduled is looked at. */
const sender = notificationSender(notifications({ NOTIFICATION_URL: 'http://127.0.0.1:9/' }));
const consumers = [taskProcessor, sender, analyticsAggregator];
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(
    inject('postgresPort'),
    consumers.map(({ manifest }) => manifest),
  );
});
afterAll(() => database.drop());

const task = {
  task_id: 7,
  user_id: 'user-1',
  title: 'Tidy up',
  created_at: '2026-03-01T23:30:00-02:00',
};

/** Delivers 40 events to a consumer, each three times and at once. */
async function deliverThrice(consumer: Consumer): Promise<void> {
  const running = await new RunningConsumer(consumer, database.pool).start();
  const answers = await Promise.all(
    Array.from({ length: 120 }, (_, n) =>
      running.deliver(TaskCreated, `event-${n % 40}`, { ...task, user_id: `user-${n % 4}` }),
    ),
  );
  await running.stop();
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([ACKNOWLEDGED.body]));
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
    await deliverThrice(sender);
    expect(
      await rows(`SELECT count(*)::int, count(DISTINCT event_id)::int AS events,
                  min(status) AS status, min(payload ->> 'subject') AS subject FROM effects`),
    ).toEqual([{ count: 40, events: 40, status: 'pending', subject: 'Task created: Tidy up' }]);
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
