import { describe, expect, it } from 'vitest';
import { NAMES, readOptions } from './options.ts';

describe('options of the benchmark', () => {
  it('measures everything in seven rounds unless told otherwise', () => {
    const options = readOptions([]);
    expect([...options.only]).toEqual(NAMES);
    expect(options.rounds).toBe(7);
    expect(readOptions(['--quick']).rounds).toBe(1);
    expect(readOptions(['--quick', '--rounds', '2']).rounds).toBe(2);
  });

  it('measures speed unless told otherwise, and everything for the README', () => {
    expect(readOptions([])).toMatchObject({ speed: true, guarantees: false, size: false });
    expect(readOptions(['--size'])).toMatchObject({ speed: false, guarantees: false, size: true });
    expect(readOptions(['--write'])).toMatchObject({ speed: true, guarantees: true, size: true });
  });

  it.each([
    [['--rounds', '0'], "--rounds '0' is not a count"],
    [['--rounds', 'x'], "--rounds 'x' is not a count"],
    [['--rounds', ''], "--rounds '' is not a count"],
    [['--only', 'source,nothing'], "--only 'nothing' is not known"],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
