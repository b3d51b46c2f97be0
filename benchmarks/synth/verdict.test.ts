import { expect, it } from 'vitest';
import type { Result } from './rounds.ts';
import { missed, section, summary, verdict } from './verdict.ts';

/** Results of times by the number of consumers. */
function results(timeOf: (consumers: number) => number, raw: number): Result[] {
  return [1, 10, 100, 1000, 5000].map((consumers) => ({
    consumers,
    objects: 13 * consumers,
    bytes: 34_000 * consumers,
    times: new Map([
      ['platform', timeOf(consumers)],
      ['raw', raw * consumers],
      ['helm', 2 * consumers],
    ]),
  }));
}

it('says how times grow from 100 consumers on, and what they are beside ApiObjects', () => {
  const found = verdict(results((consumers) => (consumers < 100 ? 1000 : 3 * consumers), 4));
  expect(summary(found)).toBe('exponent 1.00, 0.75 × raw');
  expect(missed(found)).toEqual([]);
});

it('misses its aims when a synthesis grows faster, or takes too long', () => {
  expect(missed(verdict(results((consumers) => consumers ** 2, 1)))).toEqual([
    'the exponent is 2.00, and at most 1.05 is wanted',
    'synthesis takes 5000.0 × ApiObjects, and at most 3 × is wanted',
  ]);
});

it('shows Helm where it was measured', () => {
  const all = results((consumers) => consumers, 1);
  expect(section(all, true).head).toContain('helm');
  expect(section(all, false).head).not.toContain('helm');
  expect(section(all, true).rows.at(-1)).toEqual([
    '5,000',
    '65,000',
    '170.0',
    '5.00',
    '5.00',
    '10.00',
    '1.00 ×',
  ]);
});
