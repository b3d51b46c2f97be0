import { describe, expect, it } from 'vitest';
import { Budget } from './budget.ts';
import { RejectedError } from './concurrency-limiter.ts';

describe('Budget', () => {
  it('rejects an amount that exceeds the limit', async () => {
    const budget = new Budget(10, 'bytes');
    await budget.use(async (reserve) => {
      reserve(4);
      reserve(5);
      expect(() => reserve(2)).toThrow(
        new RejectedError('9 of 10 bytes are in use: 2 more exceed the limit'),
      );
      const other = budget.use(async (reserveToo) => {
        await Promise.resolve();
        reserveToo(2);
      });
      await expect(other).rejects.toThrow(RejectedError);
      reserve(1);
    });
    expect(budget.used).toBe(0);
  });

  it('releases what a task that fails has reserved', async () => {
    const budget = new Budget(10, 'bytes');
    const failing = budget.use((reserve) => {
      reserve(7);
      return Promise.reject(new Error('x'));
    });
    await expect(failing).rejects.toThrow('x');
    expect(budget.used).toBe(0);
  });
});
