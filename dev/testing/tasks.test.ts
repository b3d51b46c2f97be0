import { Duration } from 'cdk8s';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type Notification, sideEffect } from '@cdk8s-event-platform/runtime';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';
import { analyticsAggregator } from '../../app-images/tasks/analytics-aggregator/handlers.ts';
import { notificationSender } from '../../app-images/tasks/notification-sender/handlers.ts';
import { manifest as producer } from '../../app-images/tasks/producer/manifest.ts';
import { routes } from '../../app-images/tasks/producer/routes.ts';
import { taskProcessor } from '../../app-images/tasks/task-processor/handlers.ts';
import { TASKS } from '../../charts/tasks/index.ts';
import type { TestPlatformOptions } from './test-platform-options.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const APPS = {
  producer: { manifest: producer, routes },
  'task-processor': taskProcessor,
  'analytics-aggregator': analyticsAggregator,
};

/** The task platform, as each test starts it. */
interface TasksInTest {
  readonly tasks: TestPlatform;
  /** Subjects of the notifications that were sent. */
  readonly sent: string[];
  /** Fails as often as it says when a notification is sent. */
  failures: number;
  /** Creates a task by a request. */
  readonly create: (title: string, key?: string) => Promise<number>;
}

const running = new Set<TestPlatform>();
afterEach(async () => {
  await Promise.all([...running].map((tasks) => tasks.stop()));
  running.clear();
});

/** Starts the task platform, which ends with its test. */
async function startTasks(options: Partial<TestPlatformOptions> = {}): Promise<TasksInTest> {
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
async function effectsOf({ tasks, sent }: TasksInTest) {
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
function allHandled(events: number) {
  const handled = 3 * events;
  return { handled, lost: [], doubled: [], quarantined: [], deadLettered: [], waiting: [] };
}

const task = { task_id: 7, user_id: 'ada', title: 'seven', created_at: '2026-11-21T10:00:00Z' };

describe('without faults', () => {
  it('has every effect of a request once', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    expect(await create('first')).toBe(202);
    expect(await effectsOf(started)).toEqual({ rows: 0, counted: 0, sent: 0 });
    expect((await tasks.audit()).waiting).toHaveLength(3);
    await tasks.settle();
    expect(await tasks.audit()).toEqual(allHandled(1));
    expect(await effectsOf(started)).toEqual({ rows: 1, counted: 1, sent: 1 });
    expect(started.sent).toEqual(['Task created: first']);
    expect(await tasks.published(TaskCreated)).toMatchObject([{ data: { title: 'first' } }]);
  });

  it('takes a request that is repeated once', async () => {
    const started = await startTasks();
    await Promise.all([started.create('first', 'k'), started.create('first', 'k')]);
    await started.tasks.settle();
    expect(await started.create('first', 'k')).toBe(202);
    await started.tasks.settle();
    expect(await started.tasks.audit()).toEqual(allHandled(1));
    expect(await effectsOf(started)).toEqual({ rows: 1, counted: 1, sent: 1 });
  });

  it('takes an event that is published twice once', async () => {
    const started = await startTasks();
    const { tasks } = started;
    await tasks.publish(TaskCreated, task, { id: '1' });
    await tasks.settle();
    await tasks.publish(TaskCreated, task, { id: '1' });
    await tasks.settle();
    expect(await tasks.published(TaskCreated)).toHaveLength(2);
    expect(await tasks.audit()).toEqual(allHandled(1));
    expect(await effectsOf(started)).toEqual({ rows: 1, counted: 1, sent: 1 });
  });

  it('answers as the app does', async () => {
    const { tasks } = await startTasks();
    expect(await tasks.request('producer', 'POST', '/tasks', { body: {} })).toMatchObject({
      status: 400,
      body: { title: 'Bad Request' },
    });
    expect(await tasks.request('producer', 'GET', '/healthz')).toMatchObject({ body: 'ok' });
  });
});

describe('faults', () => {
  it.each([
    ['every delivery is repeated', { duplicates: 1 }],
    ['half of the answers are lost', { loseAnswers: 0.5 }],
    [
      'deliveries are late, repeated, and their answers lost',
      { duplicates: 0.5, loseAnswers: 0.5, delay: 3 },
    ],
  ])('has every effect once when %s', async (_, faults) => {
    const started = await startTasks({ seed: 3 });
    started.tasks.faults.set(faults);
    for (let n = 0; n < 10; n++) {
      await started.create(`task ${n}`);
      await started.tasks.settle();
    }
    await started.tasks.advance(Duration.minutes(5));
    expect(await started.tasks.audit()).toEqual(allHandled(10));
    expect(await effectsOf(started)).toEqual({ rows: 10, counted: 10, sent: 10 });
  });

  it('keeps an event whose every answer is lost as a dead letter, and loses nothing', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    tasks.faults.set({ loseAnswers: 1 }, 'task-processor');
    await create('first');
    await tasks.settle();
    expect(await effectsOf(started)).toEqual({ rows: 1, counted: 1, sent: 1 });
    await tasks.advance(Duration.minutes(5));
    tasks.faults.clear();
    await tasks.settle();
    expect(await tasks.audit()).toEqual(allHandled(1));
    expect(await tasks.query('task-processor', 'SELECT consumer, reason FROM quarantine')).toEqual([
      { consumer: 'task-processor', reason: 'undelivered' },
    ]);
  });

  it('rolls back what an app has not committed when it is killed, and delivers it again', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    tasks.kill('task-processor', 'at-commit');
    await create('first');
    await tasks.settle();
    expect(await effectsOf(started)).toEqual({ rows: 0, counted: 1, sent: 1 });
    expect(await tasks.audit()).toMatchObject({
      ...{ handled: 2, lost: [] },
      waiting: [expect.stringMatching(/^task-processor: com\.myapp\.task\.created /)],
    });
    await tasks.advance(Duration.seconds(2));
    expect(await tasks.audit()).toEqual(allHandled(1));
    expect(await effectsOf(started)).toEqual({ rows: 1, counted: 1, sent: 1 });
  });

  it('publishes what a killed app has committed when its lease has ended', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    await create('first');
    await tasks.settle();
    await create('second');
    tasks.kill('producer');
    await tasks.settle();
    expect(await tasks.audit()).toMatchObject({ handled: 3, lost: [] });
    await tasks.advance(Duration.seconds(30));
    expect(await tasks.audit()).toEqual(allHandled(2));
  });

  it('goes on after an outage of the database', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    await create('first');
    await tasks.withoutDatabase(async () => {
      expect(await create('refused')).toBe(503);
      await tasks.publish(TaskCreated, task);
      await tasks.settle();
      await tasks.advance(Duration.minutes(10));
      expect(await effectsOf(started)).toEqual({ rows: 0, counted: 0, sent: 0 });
    });
    await tasks.settle();
    expect(await tasks.audit()).toEqual(allHandled(2));
    expect(await effectsOf(started)).toEqual({ rows: 2, counted: 2, sent: 2 });
  });
});

describe('advance', () => {
  it('tries side effects again when they are due, and not before', async () => {
    const started = await startTasks();
    const { tasks, create } = started;
    started.failures = 3;
    await create('first');
    await tasks.settle();
    expect([started.failures, (await tasks.audit()).waiting]).toEqual([
      2,
      [expect.stringMatching(/effect 'notification' .* \(pending\): the mail server is busy/)],
    ]);
    await tasks.settle();
    expect(started.failures).toBe(2);
    await tasks.advance(Duration.seconds(2));
    expect(started.failures).toBe(1);
    await tasks.advance(Duration.minutes(1));
    expect(started.sent).toEqual(['Task created: first']);
    expect(await tasks.audit()).toEqual(allHandled(1));
  });

  it('moves the time of databases and of events, over days', async () => {
    const { tasks, create } = await startTasks();
    const now = async () => {
      const [row] = await tasks.query<{ now: Date }>('producer', 'SELECT now()');
      return row!.now.getTime();
    };
    const before = await now();
    await tasks.advance(Duration.days(60));
    expect((await now()) - before).toBe(60 * 86_400_000);
    await create('late');
    await tasks.settle();
    expect(await tasks.audit()).toEqual(allHandled(1));
    const [event] = await tasks.published(TaskCreated);
    expect(Date.parse(event!.time)).toBeLessThanOrEqual(await now());
  });
});

describe('poison', () => {
  it('is in the quarantine with its reason, and parks what follows of its key', async () => {
    const started = await startTasks();
    const { tasks } = started;
    const event = (id: string, title: unknown) =>
      JSON.stringify({
        ...{ specversion: '1.0', id, source: '/s', type: TaskCreated.type, time: task.created_at },
        data: { ...task, title },
      });
    await tasks.publishRaw('task-created', event('bad', 7), 'ada');
    await tasks.publishRaw('task-created', event('good', 'x'), 'ada');
    await tasks.settle();
    const audit = await tasks.audit();
    expect(audit.quarantined).toHaveLength(6);
    expect(audit.quarantined[0]).toMatch(
      /: com\.myapp\.task\.created bad of \/s, contract: .*title must be string/,
    );
    expect(audit).toMatchObject({
      handled: 0,
      lost: [],
      doubled: [],
      deadLettered: [],
      waiting: [],
    });
  });

  it('that is not JSON is a dead letter of each consumer, and in the quarantine', async () => {
    const { tasks } = await startTasks();
    await tasks.publishRaw('task-created', 'not JSON');
    await tasks.settle();
    const audit = await tasks.audit();
    expect(audit.deadLettered.toSorted()).toEqual([
      'analytics-aggregator: a message without an event',
      'notification-sender: a message without an event',
      'task-processor: a message without an event',
    ]);
    expect(audit.quarantined).toHaveLength(3);
  });
});
