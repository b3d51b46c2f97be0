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

  it('shows what is wrong with a query in its own words, however many are like it', () => {
    for (const value of ['one', 'another']) {
      expect(readPromQl(`a{b="${value}"} c`).problem).toBe("is not understood from 'c' on");
      expect(readPromQl(`a{b="x",="${value}"}`).problem).toBe(
        `is not understood from '="${value}"}' on`,
      );
    }
  });

  it.each([
    [`a{b="'"} > c{d="'"}`],
    ['a{b="\\""} > c{d="\\"e{"}'],
    [`a{b='"'} > c{d='"'}`],
    ['a{b=`"`} > c{d=`"`}'],
    ['a{b="x"} # "\n > c'],
  ])('finds the metrics of %j, whatever is quoted in it', (query) => {
    expect(readPromQl(query)).toEqual({ metrics: ['a', 'c'], problem: undefined });
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
