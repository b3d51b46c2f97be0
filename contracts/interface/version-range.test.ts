import { expect, it } from 'vitest';
import { compareToRange } from './version-range.ts';

it.each([
  ['1.16.5', 'older'],
  ['0.99', 'older'],
  ['1.17', 'within'],
  ['v1.17.0-rc.1', 'within'],
  ['1.18.99', 'within'],
  ['1.18+build', 'within'],
  ['1.19.0', 'newer'],
  ['1.100', 'newer'],
  ['2.0', 'newer'],
  ['edge', 'unknown'],
  ['1', 'unknown'],
  ['', 'unknown'],
])('%s is %s', (version, relation) => {
  expect(compareToRange(version, { min: '1.17', max: '1.18' })).toBe(relation);
});
