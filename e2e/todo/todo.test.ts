import { Duration } from 'cdk8s';
import { afterEach, describe, expect, it } from 'vitest';
import { SAMPLE_TASKS, sampleTaskId } from '../../app-images/todo/onboarding/parts.ts';
import {
  TaskCompleted,
  TaskCreated,
  TaskDeleted,
  TaskUpdated,
  UserRegistered,
} from '../../app-images/todo/events/index.ts';
import { LIFE } from '../../app-images/todo/testing/sample-events.ts';
import { etagOf } from '@cdk8s-event-platform/runtime';
import { TodoInTest } from './todo-in-test.ts';

const running = new Set<TodoInTest>();
afterEach(async () => {
  await Promise.all([...running].map(({ platform }) => platform.stop()));
  running.clear();
});

async function start(): Promise<TodoInTest> {
  const todo = await TodoInTest.start();
  running.add(todo);
  return todo;
}

const NOTHING_WRONG = { lost: [], doubled: [], quarantined: [], deadLettered: [], waiting: [] };

describe('the Todo system', { timeout: 60_000 }, () => {
  it('has every effect of a life of a task once', async () => {
    const todo = await start();
    const { platform } = todo;
    const user = await todo.register();
    const task = await todo.create(user, 'Buy groceries', 'Milk');
    await platform.settle();
    const path = `/api/tasks/${task.task_id}`;
    const renamed = await todo.send(
      'todo-api',
      'PATCH',
      path,
      { title: 'Cook dinner' },
      { 'if-match': etagOf(1) },
    );
    expect([renamed.status, renamed.headers.etag]).toEqual([200, '"2"']);
    await todo.send('todo-comments', 'POST', '/api/comments', {
      ...{ task_id: task.task_id, user_id: user, text: 'Which dinner?' },
    });
    expect((await todo.send('todo-api', 'POST', `${path}/complete`)).status).toBe(200);
    await platform.settle();
    expect((await todo.send('todo-api', 'DELETE', path)).status).toBe(204);
    await platform.settle();

    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
    const types = [UserRegistered, TaskCreated, TaskUpdated, TaskCompleted, TaskDeleted];
    const published = await Promise.all(types.map((contract) => platform.published(contract)));
    expect(published.map((events) => events.length)).toEqual([1, 4, 1, 1, 1]);
    expect(JSON.stringify(published)).not.toMatch(/groceries|dinner|ada@/);
    expect(published[0]![0]!.data).not.toMatchObject({ email: 'ada@example.com' });

    expect(todo.mails.filter(({ to }) => to === 'ada@example.com')).toHaveLength(6);
    expect(todo.mails.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        'Welcome to Todo',
        'Task created: Buy groceries',
        'Well done: Cook dinner',
      ]),
    );
    const { body: activity } = await todo.send(
      'todo-activity',
      'GET',
      `/api/activity?user_id=${user}`,
    );
    const entries = (
      activity as { activity: { action: string; task_id: number; details: object }[] }
    ).activity.filter(({ task_id: id }) => id === task.task_id);
    expect(entries.map(({ action }) => action)).toEqual([
      ...['deleted', 'completed', 'updated', 'created'],
    ]);
    expect(entries[2]!.details).toEqual({ title: { old: 'Buy groceries', new: 'Cook dinner' } });
    expect((await todo.send('todo-audit', 'GET', `/api/audit/${user}`)).body).toMatchObject({
      n: 8,
    });
    expect((await todo.send('todo-gamification', 'GET', `/api/points/${user}`)).body).toEqual({
      ...{ points: 15, completed: 1, badges: ['first-step'] },
    });
    const { body: found } = await todo.send(
      'todo-search',
      'GET',
      `/api/search?user_id=${user}&q=task`,
    );
    expect((found as { tasks: unknown[] }).tasks).toHaveLength(SAMPLE_TASKS.length);
    expect(await todo.rows('SELECT * FROM todo_comments')).toEqual([]);
    expect((await todo.send('todo-analytics', 'GET', '/api/analytics')).body).toMatchObject({
      days: [{ registered: 1, created: 4, completed: 1 }],
      completion_ratio: 0.25,
    });
    expect(await todo.stale()).toEqual([]);
  });

  it('gives a new user tasks, which the API has as its own', async () => {
    const todo = await start();
    const user = await todo.register();
    await todo.platform.settle();
    const { body } = await todo.send('todo-api', 'GET', `/api/tasks?user_id=${user}`);
    expect((body as { tasks: { title: string }[] }).tasks.map(({ title }) => title).sort()).toEqual(
      SAMPLE_TASKS.map(({ title }) => title).sort(),
    );
    const id = sampleTaskId(user, 0);
    expect((await todo.send('todo-api', 'POST', `/api/tasks/${id}/complete`)).status).toBe(200);
    await todo.platform.settle();
    expect((await todo.show(id)).body).toMatchObject({ completed: true });
    expect(await todo.platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('erases a person everywhere', async () => {
    const todo = await start();
    const user = await todo.register();
    await todo.create(user, 'A secret plan');
    await todo.platform.settle();
    await todo.platform.erase(user);
    await todo.platform.settle();
    const { rows: tables } = {
      rows: await todo.rows<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
      ),
    };
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const left = JSON.stringify(await todo.rows(`SELECT * FROM ${name}`));
      expect([name, /secret plan|ada@example|"Ada"/.exec(left)]).toEqual([name, null]);
    }
    // An event that comes late is unreadable, and nothing is kept of it.
    await todo.platform.settle();
    expect((await todo.show(1)).status).toBe(404);
    expect((await todo.send('todo-audit', 'GET', `/api/audit/${user}`)).status).toBe(200);
  });
});

describe('bad input', { timeout: 60_000 }, () => {
  it('refuses impossible transitions, which change nothing', async () => {
    const todo = await start();
    const user = await todo.register();
    const { task_id: id } = await todo.create(user, 'Once');
    const path = `/api/tasks/${id}`;
    const status = async (method: string, to: string, body?: object, headers = {}) =>
      (await todo.send('todo-api', method, to, body, headers)).status;
    expect(await status('POST', `${path}/complete`)).toBe(200);
    expect(await status('POST', `${path}/complete`)).toBe(409);
    expect(await status('PATCH', path, { title: 'x' }, { 'if-match': '*' })).toBe(409);
    expect(await status('DELETE', path, undefined, { 'if-match': etagOf(1) })).toBe(412);
    expect(await status('DELETE', path)).toBe(204);
    for (const [method, to] of [
      ['POST', `${path}/complete`],
      ['DELETE', path],
      ['GET', path],
    ] as const) {
      expect(await status(method, to)).toBe(404);
    }
    expect(await status('POST', '/api/tasks', { user_id: 'nobody', title: 'x' })).toBe(422);
    expect(await status('POST', '/api/users', { email: 'ADA@example.com', name: 'Ada' })).toBe(409);
    expect(await status('GET', '/api/tasks/0')).toBe(404);
    expect(await status('GET', '/api/tasks/99999999999999999999')).toBe(404);
    await todo.platform.settle();
    const events = [TaskCompleted, TaskDeleted, TaskUpdated].map((each) =>
      todo.platform.published(each),
    );
    expect((await Promise.all(events)).map(({ length }) => length)).toEqual([1, 1, 0]);
    expect(await todo.rows('SELECT version FROM todo_tasks WHERE task_id < 1000')).toEqual([
      { version: '3' },
    ]);
  });

  it('lets one of several concurrent changes win, and tells of it alone', async () => {
    const todo = await start();
    const { task_id: id } = await todo.create(await todo.register(), 'Old');
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((title) =>
        todo.send('todo-api', 'PATCH', `/api/tasks/${id}`, { title }, { 'if-match': etagOf(1) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = answers.find(({ status }) => status === 200)!.body as { title: string };
    await todo.platform.settle();
    expect(await todo.platform.published(TaskUpdated)).toHaveLength(1);
    expect(await todo.rows(`SELECT details FROM todo_activity WHERE action = 'updated'`)).toEqual([
      { details: { title: { old: 'Old', new: winner.title } } },
    ]);
    expect((await todo.show(id)).body).toMatchObject({ title: winner.title, version: 2 });
  });

  it('takes a request that is repeated once, with the ETag of its first answer', async () => {
    const todo = await start();
    const { task_id: id } = await todo.create(await todo.register(), 'Old');
    const headers = { 'if-match': etagOf(1), 'idempotency-key': 'change-1' };
    const change = () =>
      todo.send('todo-api', 'PATCH', `/api/tasks/${id}`, { title: 'New' }, headers);
    const [first, again] = [await change(), await change()];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers).toMatchObject({ etag: '"2"', 'idempotency-replayed': 'true' });
    await todo.platform.settle();
    expect(await todo.platform.published(TaskUpdated)).toHaveLength(1);
  });

  it('comes to the same when events come in another order, and more than once', async () => {
    const todo = await start();
    const { deleted, described, renamed, created, completed } = LIFE;
    const order = [deleted, completed, described, renamed, created, deleted];
    for (const [contract, data] of order) {
      await todo.platform.publish(contract as typeof TaskDeleted, data as never, {
        ...{ source: '/elsewhere', id: `event-${order.findIndex(([, other]) => other === data)}` },
      });
      await todo.platform.settle();
    }
    expect(await todo.rows('SELECT title, description, deleted FROM todo_search')).toEqual([
      { title: 'Cook dinner', description: 'Pasta', deleted: true },
    ]);
    expect(await todo.rows('SELECT deleted_at IS NULL AS there FROM todo_commented_tasks')).toEqual(
      [{ there: false }],
    );
    expect(await todo.rows('SELECT closed FROM todo_open_tasks')).toEqual([{ closed: true }]);
    expect(await todo.rows('SELECT points FROM todo_points')).toEqual([{ points: '10' }]);
    expect(await todo.rows('SELECT count(*)::int AS n FROM todo_activity')).toEqual([{ n: 5 }]);
    expect(await todo.platform.audit()).toMatchObject(NOTHING_WRONG);
  });
});

describe('faults', { timeout: 60_000 }, () => {
  it('is slower without its cache, and never wrong', async () => {
    const todo = await start();
    const user = await todo.register();
    const { task_id: id } = await todo.create(user, 'Old');
    await todo.platform.settle();
    expect((await todo.show(id)).body).toMatchObject({ title: 'Old' });
    todo.platform.faults.set({ stateDown: true });
    expect((await todo.show(id)).body).toMatchObject({ title: 'Old' });
    await todo.send('todo-api', 'PATCH', `/api/tasks/${id}`, { title: 'New' }, { 'if-match': '*' });
    expect((await todo.show(id)).body).toMatchObject({ title: 'New' });
    await todo.platform.settle();
    expect((await todo.platform.audit()).lost).toEqual([]);
    todo.platform.faults.clear();
    await todo.platform.advance(Duration.minutes(3));
    expect((await todo.show(id)).body).toMatchObject({ title: 'New' });
    expect(await todo.stale()).toEqual([]);
    expect(await todo.platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('loses and doubles nothing when deliveries are repeated and apps are killed', async () => {
    const todo = await start();
    const user = await todo.register();
    todo.platform.faults.set({ duplicates: 0.3, loseAnswers: 0.2 });
    for (let n = 0; n < 8; n++) {
      const { task_id: id } = await todo.create(user, `Task ${n}`);
      todo.platform.kill(
        ['todo-notifications', 'todo-audit', 'todo-search', 'todo-activity'][n % 4]!,
        'at-commit',
      );
      await todo.send('todo-api', 'POST', `/api/tasks/${id}/complete`);
      await todo.platform.settle();
    }
    todo.platform.faults.clear();
    await todo.platform.advance(Duration.minutes(5));
    const audited = await todo.platform.audit();
    expect(audited).toMatchObject({ lost: [], doubled: [], quarantined: [], waiting: [] });
    expect((await todo.send('todo-audit', 'GET', `/api/audit/${user}`)).body).toMatchObject({
      n: 20,
    });
    expect(await todo.rows('SELECT completed FROM todo_points')).toEqual([{ completed: '8' }]);
    expect(await todo.stale()).toEqual([]);
  });
});

describe('jobs', { timeout: 60_000 }, () => {
  it('remind a user once a day of tasks that are open for three days', async () => {
    const todo = await start();
    const user = await todo.register();
    await todo.create(user, 'Slow');
    await todo.platform.settle();
    const reminders = () =>
      todo.mails.filter(({ subject }) => subject.endsWith('tasks are waiting'));
    await todo.platform.advance(Duration.days(2));
    expect(reminders()).toEqual([]);
    await todo.platform.advance(Duration.days(3));
    const sent = reminders().length;
    expect(sent === 2 || sent === 3).toBe(true);
    expect(reminders()[0]).toEqual({ to: 'ada@example.com', subject: '4 tasks are waiting' });
    await todo.platform.advance(Duration.days(1));
    expect(reminders()).toHaveLength(sent + 1);
  });

  it('delete tasks that were completed 90 days ago', async () => {
    const todo = await start();
    const { task_id: id } = await todo.create(await todo.register(), 'Done');
    await todo.send('todo-api', 'POST', `/api/tasks/${id}/complete`);
    await todo.platform.settle();
    await todo.rows(
      `UPDATE todo_tasks SET completed_at = now() - interval '90 days' WHERE task_id = ${id}`,
    );
    await todo.platform.advance(Duration.days(2));
    expect((await todo.show(id)).status).toBe(404);
    expect(await todo.platform.published(TaskDeleted)).toMatchObject([
      { data: { task_id: id, reason: 'retention' } },
    ]);
    expect(await todo.platform.audit()).toMatchObject(NOTHING_WRONG);
  });
});
