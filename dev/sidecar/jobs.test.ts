import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../testing/virtual-time.ts';
import type { AppChannel } from './app-channel.ts';
import { Jobs } from './jobs.ts';

/** Jobs of an app that answers with these statuses, one after the other, and then with 200. */
function jobsOf(...statuses: number[]) {
  const calls: string[] = [];
  const channel: AppChannel = {
    post: ({ path, body }) => {
      calls.push(`${path} ${body.toString()}`);
      return Promise.resolve({ status: statuses.shift() ?? 200, body: '' });
    },
    call: () => Promise.resolve(undefined),
    isHealthy: () => Promise.resolve(true),
    close: () => undefined,
  };
  const scheduler = new VirtualTime();
  const jobs = new Jobs({ channel, scheduler, faults: undefined, log: () => undefined });
  const advance = async (milliseconds: number): Promise<void> => {
    const end = scheduler.now() + milliseconds;
    await scheduler.until(() => scheduler.busy === 0, performance.now() + 1_000);
    while (scheduler.now() < end) {
      scheduler.moveTo(Math.min(end, scheduler.next ?? end));
      await scheduler.until(() => scheduler.busy === 0, performance.now() + 1_000);
    }
  };
  const after = (milliseconds: number) => new Date(scheduler.now() + milliseconds).toISOString();
  return { jobs, calls, advance, after };
}

const WITHOUT_LIMIT = { constant: { interval: '10s' } };

describe('jobs of a sidecar', () => {
  it('are called once at their due time, however far that is', async () => {
    const { jobs, calls, advance, after } = jobsOf();
    jobs.start();
    const day = 86_400_000;
    jobs.schedule('far', { dueTime: after(40 * day), data: { due: 1 } });
    await advance(40 * day - 1);
    expect(calls).toEqual([]);
    await advance(1);
    await advance(10 * day);
    expect(calls).toEqual(['/job/far {"due":1}']);
    expect(() => jobs.get('far')).toThrow('NotFound');
  });

  it('wait until the app is healthy, and are called again when a call was cut', async () => {
    const { jobs, calls, advance, after } = jobsOf();
    jobs.schedule('early', { dueTime: after(0) });
    await advance(60_000);
    expect(calls).toEqual([]);
    jobs.start();
    await advance(1);
    expect(calls).toEqual(['/job/early ']);
  });

  it('are called again as long as they fail', async () => {
    const { jobs, calls, advance, after } = jobsOf(500, 503, 401);
    jobs.start();
    jobs.schedule('failing', { dueTime: after(0), failurePolicy: WITHOUT_LIMIT });
    await advance(29_999);
    expect(calls).toHaveLength(3);
    await advance(3_600_000);
    expect(calls).toHaveLength(4);
  });

  it.each([
    ['a schedule', { schedule: '@daily' }],
    ['a duration', { dueTime: '10s' }],
  ])('refuses a job that repeats by itself, or is due after a duration: %s', (_what, job) => {
    const { jobs } = jobsOf();
    expect(() => jobs.schedule('other', job)).toThrow('failed to schedule job');
    expect(() => jobs.get('other')).toThrow('NotFound');
  });

  it('end with their sidecar', async () => {
    const { jobs, calls, advance, after } = jobsOf();
    jobs.schedule('waiting', { dueTime: after(0) });
    jobs.schedule('later', { dueTime: after(60_000) });
    await advance(1);
    await jobs.stop();
    jobs.start();
    await advance(120_000);
    expect(calls).toEqual([]);
  });
});
