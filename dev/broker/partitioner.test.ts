import { expect, it } from 'vitest';
import { partitionOf } from './partitioner.ts';

/** As many partitions as show the whole hash. */
const MANY = 2 ** 31 - 1;

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ for values of FNV-1a */
it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the key %o has the partition of its FNV-1a hash, as a number with a sign', (key, hash) => {
  const signed = hash - 2 ** 32;
  expect(partitionOf(Buffer.from(key), MANY)).toBe(-signed);
  expect(partitionOf(Buffer.from(key), 3)).toBe(-signed % 3);
});

it('spreads records without a key', () => {
  const partitions = Array.from({ length: 200 }, () => partitionOf(undefined, 3));
  expect(new Set(partitions)).toEqual(new Set([0, 1, 2]));
});
