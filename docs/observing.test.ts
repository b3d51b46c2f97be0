import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../constructs/internal.ts';
import { TestPlatform } from '../constructs/testing/fixtures.ts';
import { watchOrders } from './examples/own-alerts.ts';

const guide = readFileSync(join(import.meta.dirname, 'observing.md'), 'utf8');

describe('the guide to observing', () => {
  it('has an example that adds an alert to a platform', () => {
    const test = new TestPlatform();
    test.producer();
    watchOrders(test.platform);
    expect(test.alert('OrdersRare').labels).toEqual({
      namespace: 'event-driven',
      severity: 'warning',
    });
  });

  it('names every part that emits metrics, and no metric that none emits', () => {
    for (const source of Object.keys(METRICS)) {
      expect(guide).toContain(source);
    }
    const known = new Set(Object.values(METRICS).flat());
    const named = [...guide.matchAll(/`([a-z]+(?:_[a-z]+)+_(?:total|seconds|events|open))\b/g)];
    expect(named.length).toBeGreaterThan(5);
    expect(named.map(([, name]) => name!).filter((name) => !known.has(name))).toEqual([]);
  });
});
