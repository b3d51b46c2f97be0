import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('options of the benchmark of synthesis', () => {
  it('measures three rounds with Helm unless told otherwise', () => {
    expect(readOptions([])).toEqual({ rounds: 3, helm: true, write: false, help: false });
    expect(readOptions(['--rounds', '7', '--without-helm'])).toMatchObject({
      rounds: 7,
      helm: false,
    });
  });

  it.each([
    [['--rounds', '0'], "--rounds '0' is not a count: use 1 to 100"],
    [['--rounds', 'x'], "--rounds 'x' is not a count: use 1 to 100"],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
