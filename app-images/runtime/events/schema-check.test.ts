import { expect, it } from 'vitest';
import { boundedReasons } from './schema-check.ts';

it('tells ten reasons of 300 characters each, and how many more there are', () => {
  const reasons = (count: number) =>
    boundedReasons(Array<string>(count).fill('x'.repeat(301)), (problem) => problem);
  const cut = `${'x'.repeat(300)}…`;
  expect(reasons(10)).toEqual(Array(10).fill(cut));
  expect(reasons(100_000)).toEqual([...Array<string>(10).fill(cut), 'and 99990 more']);
  expect(boundedReasons(['x'.repeat(300)], (problem) => problem)).toEqual(['x'.repeat(300)]);
});
