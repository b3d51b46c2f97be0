import { afterEach, inject } from 'vitest';
import { type Notification, sideEffect } from '@cdk8s-event-platform/runtime';
import { analyticsAggregator } from '../../app-images/tasks/analytics-aggregator/handlers.ts';
import { notificationSender } from '../../app-images/tasks/notification-sender/handlers.ts';
import { manifest as producer } from '../../app-images/tasks/producer/manifest.ts';
import { routes } from '../../app-images/tasks/producer/routes.ts';
import { taskProcessor } from '../../app-images/tasks/task-processor/handlers.ts';
import { TASKS } from '../../charts/tasks/index.ts';
import type { TestPlatformOptions } from './start-parts.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const APPS = {
  producer: { manifest: producer, routes },
  'task-processor': taskProcessor,
  'analytics-aggregator': analyticsAggregator,
};

/** The task platform, as each test starts it. */
export interface TasksInTest {
  readonly tasks: TestPlatform;
  /** Subjects of the notifications that were sent. */
  readonly sent: string[];
  /** Fails as often as it says when a notification is sent. */
  failures: number;
  /** Creates a task by a request. */
  create(title: string, key?: string): Promise<number>;
}

const running = new Set<TestPlatform>();
afterEach(async () => {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
});

/** Starts the task platform, which ends with its test. */
export async function startTasks(options: Partial<TestPlatformOptions> = {}): Promise<TasksInTest> {
  const sent: string[] = [];
  const notification = sideEffect<Notification>('notification', ({ payload }) => {
    if (started.failures > 0) {
      started.failures--;
      return Promise.reject(new Error('the mail server is busy'));
    }
    sent.push(payload.subject);
    return Promise.resolve();
  });
  const tasks = await testPlatform(TASKS.environments.local!(), {
    url: inject('postgresUrl'),
    apps: { ...APPS, 'notification-sender': notificationSender(notification) },
    ...options,
  });
  running.add(tasks);
  const started: TasksInTest = {
    ...{ tasks, sent, failures: 0 },
    create: async (title, key) => {
      const { status } = await tasks.request('producer', 'POST', '/tasks', {
        body: { user_id: 'ada', title },
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      });
      return status;
    },
  };
  return started;
}

/** What is kept: rows of tasks, the count of the statistics, and notifications that were sent. */
export async function effectsOf({ tasks, sent }: TasksInTest) {
  const [{ rows }] = (await tasks.query<{ rows: number }>(
    'task-processor',
    'SELECT count(*)::int AS rows FROM tasks',
  )) as [{ rows: number }];
  const [{ counted }] = (await tasks.query<{ counted: number }>(
    'analytics-aggregator',
    'SELECT coalesce(sum(count), 0)::int AS counted FROM aggregations',
  )) as [{ counted: number }];
  return { rows, counted, sent: sent.length };
}

/** The audit of a platform in which each of `events` had all its effects. */
export function allHandled(events: number) {
  const handled = 3 * events;
  return { handled, lost: [], doubled: [], quarantined: [], deadLettered: [], waiting: [] };
}
