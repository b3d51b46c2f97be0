import { describe, expect, it } from 'vitest';
import { factor, median, percent, spread, withSpread } from './statistics.ts';

describe('statistics', () => {
  it('takes the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('has no median of nothing', () => {
    expect(() => median([])).toThrow('nothing was measured');
  });

  it('writes medians, factors and per cents', () => {
    expect(spread([3, 1, 2])).toEqual([1, 3]);
    expect(withSpread([12_000, 900, 1_000])).toBe('1,000 (900–12,000)');
    expect(factor(26.34)).toBe('26.3 ×');
    expect(factor(1)).toBe('1.00 ×');
    expect(percent(0.827)).toBe('83 %');
  });
});
