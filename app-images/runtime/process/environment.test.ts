import { afterEach, describe, expect, it, vi } from 'vitest';
import { numberFromEnv } from './environment.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a number in the environment', () => {
  it.each(['', 'x', '1.5', '0', '11'])("is refused when it is '%s'", (text) => {
    vi.stubEnv('NUMBER', text);
    expect(() => numberFromEnv('NUMBER', 1, 10, 5)).toThrow(
      `NUMBER (${text}) must be a whole number from 1 to 10`,
    );
  });

  it('has a default', () => {
    expect(numberFromEnv('NUMBER', 1, 10, 5)).toBe(5);
    vi.stubEnv('NUMBER', '7');
    expect(numberFromEnv('NUMBER', 1, 10, 5)).toBe(7);
  });
});
