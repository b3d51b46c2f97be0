import { describe, expect, it } from 'vitest';
import { mutated, mutations } from './mutations.ts';
import type { AlertingRule } from './rule-sets.ts';

const alert = (name: string, expr: string): AlertingRule => ({
  alert: name,
  expr,
  labels: {},
  annotations: {},
});

describe('a comparison of a query', () => {
  it.each([
    ['a > 5', 0, 'a <= 5', 'a > (5) * 10'],
    ['a < 7 * 24', 0, 'a >= 7 * 24', 'a < (7 * 24) * 10'],
    [
      'sum(a) > 0 unless on () (sum(up) > 0)',
      1,
      'sum(a) > 0 unless on () (sum(up) <= 0)',
      'sum(a) > 0 unless on () (sum(up) > 10)',
    ],
    ['a != 1', 0, 'a == 1', 'a != (1) * 10'],
  ])('%s', (expr, index, inverted, larger) => {
    expect(mutated(expr, index, 'inverted')).toBe(inverted);
    expect(mutated(expr, index, 'ten times as large')).toBe(larger);
  });

  it('does not change labels, and changes nothing beyond the last comparison', () => {
    expect(mutated('a{b!="c"} > 1', 1, 'inverted')).toBeUndefined();
  });
});

it('changes alerts of one name one at a time, so that each must be noticed', () => {
  const rules = [alert('A', 'a > 1'), alert('A', 'b > 1'), alert('B', 'c > 1 and d < 2')];
  const found = mutations({ name: 'group', rules });
  expect(found.map(({ changed }) => changed.map(({ expr }) => expr))).toEqual([
    ['a > 1', 'c > 1 and d < 2'],
    ['a > 1', 'c > 1 and d < 2'],
    ['c > 1 and d < 2'],
    ['c > 1 and d < 2'],
    ['b > 1'],
    ['b > 1'],
  ]);
  expect(found[0]!.group.rules.map(({ expr }) => expr)).toEqual(['a <= 1', 'c <= 1 and d < 2']);
});
