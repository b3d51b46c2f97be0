import { type TestPlatform, testPlatform } from '@cdk8s-event-platform/dev';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { Duration } from 'cdk8s';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { tasksPlatform } from './examples/state/platform.ts';
import * as sessions from './examples/state/sessions.ts';
import { manifest, parts } from './examples/state/tasks.ts';

describe('the cache of tasks', () => {
  let platform: TestPlatform;
  afterEach(() => platform.stop());
  const start = async () => {
    const apps = { tasks: { manifest, ...parts } };
    platform = await testPlatform(tasksPlatform(), { apps, url: inject('postgresUrl') });
  };
  const put = (title: string) => platform.request('tasks', 'PUT', '/tasks/t1', { body: { title } });
  const title = async () => {
    const { body } = await platform.request('tasks', 'GET', '/tasks/t1');
    return (body as { title?: string }).title;
  };

  it('answers with what it has until the event about a change arrives', async () => {
    await start();
    await put('One');
    await platform.settle();
    expect(await title()).toBe('One');
    await platform.query('tasks', "UPDATE tasks SET title = 'behind its back'");
    expect(await title()).toBe('One');
    await put('Two');
    await platform.settle();
    expect(await title()).toBe('Two');
  });

  it('forgets values after their time', async () => {
    await start();
    await put('One');
    await platform.settle();
    expect(await title()).toBe('One');
    await platform.query('tasks', "UPDATE tasks SET title = 'behind its back'");
    await platform.advance(Duration.minutes(11));
    expect(await title()).toBe('behind its back');
  });

  it('that is down is slower, and never wrong: invalidations are held until it is back', async () => {
    await start();
    await put('One');
    await platform.settle();
    expect(await title()).toBe('One');
    platform.faults.set({ stateDown: true });
    await put('Two');
    await platform.advance(Duration.seconds(5));
    expect(await title()).toBe('Two');
    platform.faults.clear();
    await platform.settle();
    expect(await title()).toBe('Two');
    const { handled, lost, quarantined, deadLettered } = await platform.audit();
    expect({ handled, lost, quarantined, deadLettered }).toEqual({
      ...{ handled: 2, lost: [], quarantined: [], deadLettered: [] },
    });
  });
});

describe('sessions and counters', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase([sessions.manifest], { url: inject('postgresUrl') });
  });
  afterAll(() => database.drop());
  const logIn = async () => {
    const app = new TestApp({ manifest: sessions.manifest, ...sessions.parts }, database);
    const { body } = await app.request('POST', '/sessions', { body: { user_id: 'ann' } });
    const { token } = body as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    return { app, me: () => app.request('GET', '/me', { headers }) };
  };

  it('a session ends half an hour after its last request', async () => {
    const { app, me } = await logIn();
    for (let time = 0; time < 3; time++) {
      app.state.advance(29 * 60_000);
      expect((await me()).status).toBe(200);
    }
    app.state.advance(30 * 60_000);
    expect((await me()).status).toBe(401);
  });

  it('counts each request once, also of several at the same time', async () => {
    const { me } = await logIn();
    const statuses = (await Promise.all([me(), me(), me(), me(), me()])).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([200, 200, 200, 429, 429]);
  });

  it('answers 503 while the store is down', async () => {
    const { app, me } = await logIn();
    app.state.reachable = false;
    expect((await me()).status).toBe(503);
    app.state.reachable = true;
    expect((await me()).status).toBe(200);
  });
});
