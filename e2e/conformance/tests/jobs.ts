import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAPR_TOKEN_HEADER } from '@cdk8s-event-platform/contracts/interface';
import { until } from '../../../testkit/until.ts';
import type { Context, SidecarAnswer } from '../context.ts';
import type { Delivery } from '../scripted-app.ts';
import type { ConformanceTest } from '../suite.ts';

/** A time from now on. */
function inMilliseconds(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

const WITHOUT_LIMIT = { constant: { interval: '1s' } };

function register(t: Context, name: string, job: object): Promise<SidecarAnswer> {
  return t.request('app', {
    path: `/v1.0/jobs/${name}`,
    body: JSON.stringify({ failurePolicy: WITHOUT_LIMIT, ...job }),
    contentType: 'application/json',
  });
}

/** Registers a job for a due time, which is its data, too. */
async function due(t: Context, name: string, time: string, job: object = {}): Promise<void> {
  const { status, text } = await register(t, name, { dueTime: time, data: { due: time }, ...job });
  assert.equal(status, 204, text);
}

function read(t: Context, name: string, method = 'GET'): Promise<SidecarAnswer> {
  return t.request('app', { method, path: `/v1.0/jobs/${name}` });
}

/** Calls for a job so far. */
function calls(t: Context, name: string): readonly Delivery[] {
  return t.app.deliveries.filter(({ path }) => path === `/job/${name}`);
}

async function called(t: Context, name: string, times = 1): Promise<void> {
  await until(
    () => `${calls(t, name).length} of ${times} calls for the job ${name}`,
    15,
    () => Promise.resolve(calls(t, name).length >= times),
    20,
  );
}

async function forgotten(t: Context, name: string): Promise<void> {
  await until(
    () => `the job ${name} is still there`,
    5,
    async () => (await read(t, name)).status !== 200,
    50,
  );
  const { status, errorCode, text } = await read(t, name);
  assert.deepEqual([status, errorCode], [500, 'DAPR_SCHEDULER_GET_JOB']);
  assert.match(text, /NotFound/);
}

/** Jobs: one call at a due time, and again when it fails. */
export const JOBS: readonly ConformanceTest[] = [
  {
    name: 'a job is registered, read and deleted',
    run: async (t) => {
      await t.start();
      const dueTime = inMilliseconds(600_000);
      await due(t, 'later', dueTime);
      const { status, text } = await read(t, 'later');
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(text), {
        ...{ name: 'later', dueTime, failurePolicy: WITHOUT_LIMIT },
        data: { '@type': 'type.googleapis.com/google.protobuf.Value', value: { due: dueTime } },
      });
      assert.equal((await read(t, 'later', 'DELETE')).status, 204);
      await forgotten(t, 'later');
      assert.equal((await read(t, 'later', 'DELETE')).status, 204);
      const { status: refused } = await t.request('app', {
        ...{ method: 'GET', path: '/v1.0/jobs/later', token: null },
      });
      assert.equal(refused, 401);
    },
  },
  {
    name: 'a job that is not valid is refused',
    run: async (t) => {
      await t.start();
      const dueTime = inMilliseconds(600_000);
      const answers = [
        await register(t, 'wrong', {}),
        await register(t, 'wrong', { name: 'wrong', dueTime }),
        await register(t, 'wrong', { dueTime: 'tomorrow' }),
      ];
      assert.deepEqual(
        answers.map(({ status, errorCode }) => [status, errorCode]),
        [
          [400, 'DAPR_SCHEDULER_SCHEDULE_EMPTY'],
          [400, 'DAPR_SCHEDULER_JOB_NAME'],
          [500, 'DAPR_SCHEDULER_SCHEDULE_JOB'],
        ],
      );
      await forgotten(t, 'wrong');
    },
  },
  {
    name: 'a job is called at its due time, with its data and the token of the app, and then forgotten',
    run: async (t) => {
      await t.start();
      const time = inMilliseconds(1_500);
      await due(t, 'once', time);
      assert.deepEqual(calls(t, 'once'), []);
      await called(t, 'once');
      assert.ok(Date.now() >= Date.parse(time) - 100);
      const [{ text, headers }] = calls(t, 'once') as [Delivery];
      assert.deepEqual(JSON.parse(text), { due: time });
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers[DAPR_TOKEN_HEADER], t.token());
      await forgotten(t, 'once');
      await sleep(2_000);
      assert.equal(calls(t, 'once').length, 1);
    },
  },
  {
    name: 'a job whose due time is over is called at once',
    run: async (t) => {
      await t.start();
      await due(t, 'over', '2020-01-01T00:00:00Z');
      await called(t, 'over');
      await forgotten(t, 'over');
    },
  },
  {
    name: 'a job that is there is not replaced, unless it is to be overwritten',
    run: async (t) => {
      await t.start();
      await due(t, 'again', inMilliseconds(600_000));
      const soon = inMilliseconds(500);
      const refused = await register(t, 'again', { dueTime: soon, data: { due: soon } });
      assert.deepEqual([refused.status, refused.errorCode], [409, 'DAPR_SCHEDULER_SCHEDULE_JOB']);
      await due(t, 'again', soon, { overwrite: true });
      await called(t, 'again');
      assert.deepEqual(JSON.parse(calls(t, 'again')[0]!.text), { due: soon });
    },
  },
  {
    name: 'a job that fails is called again at its interval, without a limit',
    run: async (t) => {
      await t.start();
      t.app.script = () => ({ status: calls(t, 'failing').length < 5 ? 500 : 200 });
      await due(t, 'failing', inMilliseconds(0));
      await called(t, 'failing', 5);
      await forgotten(t, 'failing');
      await sleep(2_000);
      const times = calls(t, 'failing').map(({ at }) => at);
      assert.equal(times.length, 5);
      times.slice(1).forEach((at, index) => assert.ok(at - times[index]! > 800));
    },
  },
  {
    name: 'a job has the tries of its policy, four of its own accord, and one where it is to be dropped',
    run: async (t) => {
      await t.start();
      t.app.script = () => ({ status: 503 });
      const dueTime = inMilliseconds(0);
      await due(t, 'twice', dueTime, {
        failurePolicy: { constant: { interval: '1s', maxRetries: 1 } },
      });
      await due(t, 'default', dueTime, { failurePolicy: undefined });
      await due(t, 'dropped', dueTime, { failurePolicy: { drop: {} } });
      await called(t, 'default', 4);
      await forgotten(t, 'default');
      await sleep(1_500);
      assert.deepEqual(
        ['twice', 'default', 'dropped'].map((name) => calls(t, name).length),
        [2, 4, 1],
      );
    },
  },
  {
    name: 'a job that the app does not know is forgotten',
    run: async (t) => {
      await t.start();
      t.app.script = () => ({ status: 404 });
      await due(t, 'unknown', inMilliseconds(0));
      await called(t, 'unknown');
      await forgotten(t, 'unknown');
      await sleep(2_000);
      assert.equal(calls(t, 'unknown').length, 1);
    },
  },
  {
    name: 'a job that is overwritten or deleted between two tries is not called for its old due time',
    run: async (t) => {
      await t.start();
      t.app.script = () => ({ status: 500 });
      await due(t, 'deleted', inMilliseconds(0));
      await due(t, 'replaced', inMilliseconds(0));
      await called(t, 'deleted');
      await called(t, 'replaced');
      await read(t, 'deleted', 'DELETE');
      await due(t, 'replaced', inMilliseconds(600_000), { overwrite: true });
      const before = ['deleted', 'replaced'].map((name) => calls(t, name).length);
      await sleep(3_000);
      assert.deepEqual(
        ['deleted', 'replaced'].map((name) => calls(t, name).length),
        before,
      );
      assert.equal((await read(t, 'replaced')).status, 200);
    },
  },
  {
    name: 'a job that registers its next due time while it is called has each of them',
    run: async (t) => {
      await t.start();
      t.app.script = async ({ body }) => {
        const number = Number(body.number);
        if (number < 20) {
          const next = { dueTime: inMilliseconds(20), data: { number: number + 1 } };
          await register(t, 'chain', { ...next, overwrite: true });
        }
        return { status: 200 };
      };
      await register(t, 'chain', { dueTime: inMilliseconds(0), data: { number: 1 } });
      await called(t, 'chain', 20);
      await forgotten(t, 'chain');
      assert.deepEqual(
        calls(t, 'chain').map(({ body }) => body.number),
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    },
  },
  {
    name: 'a job waits while the app is not healthy',
    run: async (t) => {
      await t.start();
      t.app.healthy = false;
      // Two probes, a second apart, and time to end.
      await sleep(4_000);
      await due(t, 'waiting', inMilliseconds(500));
      await sleep(2_500);
      assert.deepEqual(calls(t, 'waiting'), []);
      t.app.healthy = true;
      await called(t, 'waiting');
      await forgotten(t, 'waiting');
      assert.equal(calls(t, 'waiting').length, 1);
    },
  },
];
