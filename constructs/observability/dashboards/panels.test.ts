import { describe, expect, it } from 'vitest';
import { timeSeries, number, table } from './panels.ts';

describe('panels', () => {
  const options = {
    title: 'T',
    description: 'D',
    unit: 's',
    queries: [
      { query: 'a', legend: 'x' },
      { query: 'b', legend: 'y' },
    ],
  };
  const steps = (limits: object) =>
    timeSeries({ ...options, limits }).build().fieldConfig?.defaults.thresholds?.steps;

  it('colour values from a limit upwards, or below one', () => {
    expect(steps({ warning: 1, critical: 3 })).toEqual([
      { color: 'green', value: null },
      { color: 'orange', value: 1 },
      { color: 'red', value: 3 },
    ]);
    expect(steps({ warning: 0.2, critical: 0.05, below: true })).toEqual([
      { color: 'red', value: null },
      { color: 'orange', value: 0.05 },
      { color: 'green', value: 0.2 },
    ]);
    expect(steps({ critical: 3, below: true })).toEqual([
      { color: 'red', value: null },
      { color: 'green', value: 3 },
    ]);
    expect(steps({})).toEqual([{ color: 'green', value: null }]);
  });

  it('have queries with letters, and ask for the newest value where they show but one', () => {
    expect(timeSeries(options).build().targets).toMatchObject([
      { refId: 'A', expr: 'a', legendFormat: 'x' },
      { refId: 'B', expr: 'b', legendFormat: 'y' },
    ]);
    expect(number(options).build().targets![0]).toMatchObject({ instant: true, range: false });
    expect(table({ ...options, columns: { a: 'A' } }).build().targets![0]).toMatchObject({
      instant: true,
      format: 'table',
    });
  });
});
