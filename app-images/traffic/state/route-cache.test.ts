import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventKey } from '@cdk8s-event-platform/contracts';
import { RouteChanged } from '../events/index.ts';
import { changed, LONGEST, ODD_ROUTES, SAMPLE } from '../testing/sample-routes.ts';
import { routeKey } from './route-cache.ts';

it('has the key that other caches of routes have', () => {
  expect(routeKey(SAMPLE)).toBe('route:team-a:payments:prod:v2');
  expect(eventKey(RouteChanged, changed('created'))).toBe('team-a:payments:prod:v2');
});

it('gives no two routes one key', () => {
  expect(new Set(ODD_ROUTES.map(routeKey)).size).toBe(ODD_ROUTES.length);
  const part = fc.stringMatching(/^[ab:%|/37AC\n]{1,4}$/);
  const name = fc.record({ tenant: part, service: part, env: part, version: part });
  fc.assert(
    fc.property(name, name, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(routeKey(one) === routeKey(other)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

it('has keys that stores and brokers take, however long the parts are', () => {
  const generation = `@${crypto.randomUUID()}`;
  expect(Buffer.byteLength(routeKey(LONGEST) + generation)).toBeLessThanOrEqual(512);
  expect(Buffer.byteLength(eventKey(RouteChanged, LONGEST))).toBeLessThanOrEqual(512);
  for (const route of [...ODD_ROUTES, LONGEST]) {
    expect(routeKey(route)).not.toMatch(/[\n|]/);
  }
});
