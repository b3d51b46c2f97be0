import { describe, expect, it } from 'vitest';
import { readPromQl } from './promql.ts';

describe('readPromQl', () => {
  it('finds the metrics of a query, and takes no label, function or aggregation for one', () => {
    expect(
      readPromQl(
        'sum by (le) (rate(a_bucket{job="b", le="5"}[5m])) / on(c) group_left(d) (e offset 1h) > 1 unless up',
      ),
    ).toEqual({ metrics: ['a_bucket', 'e', 'up'], problem: undefined });
  });

  it('names a metric once, and those of recording rules with their colons', () => {
    expect(readPromQl('x:y:rate5m > x:y:rate5m').metrics).toEqual(['x:y:rate5m']);
  });

  it.each([
    ['sum(rate(a[5m])', 'ends too early'],
    ['a >', 'ends too early'],
    ['a{b=} > 1', "is not understood from '} > 1' on"],
    [' ', 'is empty'],
  ])('says where %j stops being PromQL', (query, problem) => {
    expect(readPromQl(query).problem).toBe(problem);
  });
});
