import { expect, it } from 'vitest';
import { until } from './until.ts';

it('looks again until it holds', async () => {
  const answers = [false, false, true];
  await until('it holds', 1, () => Promise.resolve(answers.shift()!), 1);
  expect(answers).toEqual([]);
});

it.each([['the pod is gone'], [() => 'the pod is gone']])(
  'gives up, and says on what',
  async (what) => {
    const waiting = until(what, 0, () => Promise.resolve(false), 1);
    await expect(waiting).rejects.toThrow('the pod is gone: not within 0 s');
  },
);
