import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RefusedKeys } from './refused-keys.ts';

const KEY = { topic: 't', key: 'k' };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Milliseconds until a key waits no more. */
function wait(keys: RefusedKeys): number {
  let waited = 0;
  while (keys.waiting().length > 0) {
    vi.advanceTimersByTime(500);
    waited += 500;
  }
  return waited;
}

it('waits twice as long after each refusal, up to 30 s, while others of its topic are taken', () => {
  const keys = new RefusedKeys();
  const waits = Array.from({ length: 9 }, () => {
    keys.add([KEY], true);
    return wait(keys);
  });
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  keys.remove(KEY);
  keys.add([KEY], true);
  expect(wait(keys)).toBe(500);
});

it('waits no longer when nothing of its topic is taken: that is an outage', () => {
  const keys = new RefusedKeys();
  for (let refusals = 0; refusals < 9; refusals++) {
    keys.add([KEY], false);
    expect(wait(keys)).toBe(500);
  }
});
