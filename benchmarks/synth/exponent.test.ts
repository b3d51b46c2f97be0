import { expect, it } from 'vitest';
import { exponent } from './exponent.ts';

it.each([
  [1, (size: number) => 3 * size],
  [2, (size: number) => size ** 2 / 7],
  [0, () => 5],
])('is %d', (expected, timeOf) => {
  const points = [100, 1000, 5000].map((size) => [size, timeOf(size)] as const);
  expect(exponent(points)).toBeCloseTo(expected, 10);
});

it('counts all sizes', () => {
  expect(
    exponent([
      [1, 1],
      [10, 10],
      [100, 1000],
    ]),
  ).toBeCloseTo(1.5, 10);
});
