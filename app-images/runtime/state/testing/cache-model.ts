import fc from 'fast-check';
import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { RuntimeMetrics } from '../../telemetry/metrics.ts';
import { MemoryState } from '../../testing/memory-state.ts';
import { answerState } from '../../testing/state-sidecar.ts';
import type { StateClient } from '../state-client.ts';
import { stateClient } from '../state-client.ts';
import { inAppScope, type StateReply, type AppScope } from '../../process/app-scope.ts';
import type { SidecarRequest } from '../../outbox/publisher.ts';

/** A cache under test. */
export interface TestedCache {
  get(key: string, load: () => Promise<number | undefined>): Promise<number | undefined>;
  invalidate(key: string): Promise<void>;
}

const Numbers = defineStateStore({
  name: 'numbers',
  description: 'Numbers.',
  schema: { type: 'integer' },
});

/** What becomes of a request. */
type Fate =
  | 'answered'
  /** It does not arrive. */
  | 'lost'
  /** It arrives, and its answer does not. */
  | 'unanswered'
  /** Nobody waits for it any longer when it arrives. */
  | 'late'
  /** It is answered, and arrives once more later, as of a client that repeats what it sends. */
  | 'repeated';

/** What happens beside reads and writes. */
type Event = 'evict' | 'clear' | 'expire';

/** One run: who does what, and what the network does to it. */
export interface Run {
  /** Reads of each reader. */
  readonly readers: readonly number[];
  /** Writes of each writer, each followed by an invalidation. */
  readonly writers: readonly number[];
  readonly events: readonly Event[];
  readonly fates: readonly Fate[];
}

/** Runs of up to three readers and two writers. */
export function runs(fates: readonly Fate[]): fc.Arbitrary<Run> {
  return fc.record({
    readers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    writers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    events: fc.array(fc.constantFrom<Event>('evict', 'clear', 'expire'), { maxLength: 4 }),
    fates: fc.array(fc.constantFrom(...fates), { maxLength: 24 }),
  });
}

const KEY = 'k';
const HOUR = 3_600_000;

/** Sends requests in an order that the scheduler chooses. */
function network(
  s: fc.Scheduler,
  given: readonly Fate[],
  answer: (request: SidecarRequest) => StateReply,
): AppScope['send'] {
  const fates = [...given];
  return async (request) => {
    const arrive = () => answer(request);
    const fate = fates.shift() ?? 'answered';
    await s.schedule(Promise.resolve(), `request ${fate}`);
    if (fate === 'lost' || fate === 'late') {
      if (fate === 'late') {
        void s.schedule(Promise.resolve(), 'late request').then(arrive);
      }
      throw new Error(fate);
    }
    const reply = arrive();
    if (fate === 'repeated') {
      void s.schedule(Promise.resolve(), 'repeated request').then(arrive);
    }
    await s.schedule(Promise.resolve(), 'answer');
    if (fate === 'unanswered') {
      throw new Error(fate);
    }
    return reply;
  };
}

/**
 * Runs readers, writers and events on one key, in an order that the scheduler chooses.
 *
 * @returns reads that returned a value older than an invalidation that had ended before they began.
 */
export async function staleReads(
  s: fc.Scheduler,
  run: Run,
  cacheOf: (client: StateClient<number>) => TestedCache,
): Promise<string[]> {
  let now = 0;
  const values = new MemoryState(() => now);
  const options = {
    appId: 'app',
    components: new Map([['numbers', { values, prefix: 'numbers' }]]),
  };
  const send = network(s, run.fates, (request) => answerState(request, options)!);
  let [committed, invalidated] = [0, 0];
  const stale: string[] = [];
  const load = async () => {
    await s.schedule(Promise.resolve(), 'query');
    const value = committed;
    await s.schedule(Promise.resolve(), 'row');
    return value;
  };
  await inAppScope({ send, pause: 0, metrics: new RuntimeMetrics(), now: Date.now }, async () => {
    const cache = cacheOf(stateClient(Numbers));
    const read = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await s.schedule(Promise.resolve(), 'read');
        const min = invalidated;
        const value = await cache.get(KEY, load);
        if (value === undefined || value < min) {
          stale.push(`read ${value} after ${min} was invalidated`);
        }
      }
    };
    const write = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await s.schedule(Promise.resolve(), 'commit');
        const mine = ++committed;
        for (let done = false; !done;) {
          done = await cache.invalidate(KEY).then(
            () => true,
            () => false,
          );
        }
        invalidated = Math.max(invalidated, mine);
      }
    };
    const happen = async () => {
      for (const event of run.events) {
        await s.schedule(Promise.resolve(), event);
        if (event === 'evict') {
          values.evict(`numbers||${KEY}`);
        } else if (event === 'clear') {
          values.clear();
        } else {
          now += HOUR;
        }
      }
    };
    await s.waitFor(Promise.all([...run.readers.map(read), ...run.writers.map(write), happen()]));
  });
  return stale;
}
