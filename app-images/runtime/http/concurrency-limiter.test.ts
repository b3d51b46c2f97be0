import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ConcurrencyLimiter, RejectedError } from './concurrency-limiter.ts';

describe('ConcurrencyLimiter', () => {
  it('runs queued tasks in their order, and rejects what exceeds the queue', async () => {
    const limiter = new ConcurrencyLimiter({ concurrency: 2, queueLimit: 2 });
    const order: string[] = [];
    const release: (() => void)[] = [];
    const run = (name: string) =>
      limiter.run(async () => {
        order.push(name);
        await new Promise<void>((resolve) => release.push(resolve));
      });
    const running = ['a', 'b', 'c', 'd'].map(run);
    await expect(run('e')).rejects.toBeInstanceOf(RejectedError);
    expect(order).toEqual(['a', 'b']);
    while (release.length > 0 || order.length < 4) {
      release.shift()?.();
      await nextTurn();
    }
    await Promise.all(running);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([0, 1, 2, 3])(
    'lets no task overtake a queued one that starts %d turns later',
    async (turns) => {
      const limiter = new ConcurrencyLimiter({ concurrency: 1, queueLimit: 2 });
      const order: string[] = [];
      let release!: () => void;
      const first = limiter.run(() => new Promise<void>((resolve) => (release = resolve)));
      const queued = limiter.run(() => Promise.resolve(order.push('queued')));
      release();
      for (let turn = 0; turn < turns; turn++) {
        await Promise.resolve();
      }
      const late = limiter.run(() => Promise.resolve(order.push('late')));
      await Promise.all([first, queued, late]);
      expect(order).toEqual(['queued', 'late']);
    },
  );

  it('frees the slot of a task that fails', async () => {
    const limiter = new ConcurrencyLimiter({ concurrency: 1, queueLimit: 0 });
    await expect(limiter.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await limiter.run(() => Promise.resolve(1))).toBe(1);
  });
});
