import { describe, expect, it, vi } from 'vitest';
import { Steps } from './steps.ts';

describe('Steps', () => {
  it('runs one after the other, and reports each result', async () => {
    const explain = vi.fn(() => Promise.resolve());
    const steps = new Steps(() => undefined);
    steps.explain = explain;
    const order: string[] = [];
    for (const name of ['first', 'second']) {
      await steps.run(name, () => {
        order.push(name);
        return Promise.resolve(`${name} is done`);
      });
    }
    expect(order).toEqual(['first', 'second']);
    expect(steps.failures).toEqual([]);
    expect(explain).not.toHaveBeenCalled();
    expect(steps.table.split('\n').slice(2)).toEqual([
      'first         0  first is done',
      'second        0  second is done',
    ]);
  });

  it('explains the first failure, and reaches nothing after it', async () => {
    const explain = vi.fn(() => Promise.resolve());
    const steps = new Steps(() => undefined);
    steps.explain = explain;
    const later = vi.fn(() => Promise.resolve('done'));
    await steps.run('first', () => Promise.reject(new Error('no pod is ready')));
    await steps.run('second', later);
    expect(steps.failures).toEqual(['first: no pod is ready']);
    expect(explain).toHaveBeenCalledOnce();
    expect(later).not.toHaveBeenCalled();
    expect(steps.table).toContain('not reached');
  });
});
