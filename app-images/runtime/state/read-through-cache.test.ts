import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { TestState } from '../testing/test-state.ts';
import { readThroughCache } from './read-through-cache.ts';
import { stateClient } from './state-client.ts';
import { inAppScope } from '../process/app-scope.ts';

const Titles = defineStateStore({
  name: 'titles',
  description: 'Titles.',
  schema: { type: 'string' },
});
const manifest = { appId: 'app', state: [Titles] };

let state: TestState;
let rows: Map<string, string>;
let loads: number;
const cache = readThroughCache(stateClient(Titles), { ttl: { minutes: 5 } });
const run = <Result>(what: () => Promise<Result>) => inAppScope(state.scope, what);
const get = (key: string) =>
  cache.get(key, () => {
    loads++;
    return Promise.resolve(rows.get(key));
  });
/** Lines of a counter. */
const counted = async (name: string) =>
  (await state.scope.metrics.text()).split('\n').filter((line) => line.startsWith(`${name}{`));

beforeEach(() => {
  state = new TestState(manifest);
  rows = new Map([['t1', 'One']]);
  loads = 0;
});

describe('a read-through cache', () => {
  it('loads a value once, until it is invalidated', () =>
    run(async () => {
      expect([await get('t1'), await get('t1'), loads]).toEqual(['One', 'One', 1]);
      rows.set('t1', 'Two');
      expect(await get('t1')).toBe('One');
      await cache.invalidate('t1');
      expect([await get('t1'), await get('t1'), loads]).toEqual(['Two', 'Two', 2]);
      expect(await counted('cache_requests_total')).toEqual([
        'cache_requests_total{store="titles",result="miss"} 2',
        'cache_requests_total{store="titles",result="hit"} 3',
      ]);
      expect(await counted('cache_invalidations_total')).toEqual([
        'cache_invalidations_total{store="titles"} 1',
      ]);
    }));

  it('loads it again after its time', () =>
    run(async () => {
      await get('t1');
      rows.set('t1', 'Two');
      state.advance(5 * 60_000);
      expect(await get('t1')).toBe('Two');
    }));

  it('caches that there is nothing', () =>
    run(async () => {
      expect([await get('t2'), await get('t2'), loads]).toEqual([undefined, undefined, 1]);
      rows.set('t2', 'Two');
      await cache.invalidate('t1', 't2', 't2');
      expect(await get('t2')).toBe('Two');
    }));

  it('loads each time while the store cannot be reached, and holds invalidations', () =>
    run(async () => {
      await get('t1');
      state.reachable = false;
      rows.set('t1', 'Two');
      expect([await get('t1'), await get('t1'), loads]).toEqual(['Two', 'Two', 3]);
      await expect(cache.invalidate('t1')).rejects.toThrow(DependencyUnavailableError);
      state.reachable = true;
      await cache.invalidate('t1');
      expect(await get('t1')).toBe('Two');
      expect(await counted('cache_requests_total')).toContain(
        'cache_requests_total{store="titles",result="bypass"} 2',
      );
    }));

  it('returns a value that does not fit the schema, and does not cache it', () =>
    run(async () => {
      const load = () => Promise.resolve(++loads as unknown as string);
      expect([await cache.get('n', load), await cache.get('n', load)]).toEqual([1, 2]);
    }));

  it('throws what load throws, and caches nothing', () =>
    run(async () => {
      await expect(cache.get('t1', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(await get('t1')).toBe('One');
    }));

  it('is empty after the store has lost everything', () =>
    run(async () => {
      await get('t1');
      state.clear();
      rows.set('t1', 'Two');
      expect(await get('t1')).toBe('Two');
    }));

  it('refuses a time that is not valid', () => {
    expect(() => readThroughCache(stateClient(Titles), { ttl: { minutes: 0 } })).toThrow(
      'ttl (0 seconds) must be a whole number of seconds',
    );
  });
});
