import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readThroughCache } from './read-through-cache.ts';
import type { StateClient } from './state-client.ts';
import { type Run, runs, staleReads, type TestedCache } from './testing/cache-model.ts';

/** What a network does that sends nothing twice. */
const HONEST = ['answered', 'answered', 'lost', 'unanswered', 'late'] as const;

function ours(client: StateClient<number>): TestedCache {
  return readThroughCache(client, { ttl: { minutes: 5 } });
}

/** Reads, loads, writes, and deletes on a change. */
function naive({ raw }: StateClient<number>): TestedCache {
  return {
    get: async (key, load) => {
      const found = await raw.get(key).catch(() => undefined);
      if (found !== undefined) {
        return found.value as number;
      }
      const value = await load();
      await raw.set({ key, value }).catch(() => undefined);
      return value;
    },
    invalidate: (key) => raw.delete(key),
  };
}

/** As {@link naive}, and writes only over the placeholder that it has put there, by its ETag. */
function leased({ raw }: StateClient<number>): TestedCache {
  const lease = async (key: string): Promise<string | undefined> => {
    await raw.set({ key, value: 'lease', onlyNew: true });
    return (await raw.get(key))?.etag;
  };
  return {
    get: async (key, load) => {
      const found = await raw.get(key).catch(() => undefined);
      if (typeof found?.value === 'number') {
        return found.value;
      }
      const etag = await (found === undefined ? lease(key) : Promise.resolve(found.etag)).catch(
        () => undefined,
      );
      const value = await load();
      if (etag !== undefined) {
        await raw.set({ key, value, etag }).catch(() => undefined);
      }
      return value;
    },
    invalidate: (key) => raw.delete(key),
  };
}

function property(fates: Parameters<typeof runs>[0], cacheOf: typeof ours) {
  return fc.asyncProperty(fc.scheduler(), runs(fates), async (scheduler, run) => {
    expect(await staleReads(scheduler, run, cacheOf)).toEqual([]);
  });
}

/** Whether a property fails within some runs. */
async function failsWithin(numRuns: number, tested: fc.IAsyncProperty<[fc.Scheduler, Run]>) {
  const { failed } = await fc.check(tested, { numRuns, seed: 1, endOnFailure: true });
  return failed;
}

describe('a read-through cache', () => {
  it('returns nothing older than an invalidation, whatever is evicted, expires, is lost or late', async () => {
    await fc.assert(property(HONEST, ours), { numRuns: 700 });
  });

  it('would return it without generations', async () => {
    expect(await failsWithin(5_000, property(['answered'], naive))).toBe(true);
  });

  it('would return it with a lease by ETag, since versions count from 1 again', async () => {
    expect(await failsWithin(20_000, property(['answered'], leased))).toBe(true);
  });

  it('would return it if the store got a command twice: its client must not repeat commands', async () => {
    const repeated = ['answered', 'repeated'] as const;
    expect(await failsWithin(20_000, property(repeated, ours))).toBe(true);
  });
});
