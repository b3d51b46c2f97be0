import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';

/** Something that is done over and over beside the deliveries. */
export interface PollingLoop {
  /** Ends it, once what is under way has ended. */
  stop(): Promise<void>;
  /** Has it look at once instead of waiting. */
  wake(): void;
}

/** How a {@link startPollingLoop} waits. */
export interface PollingLoopOptions {
  readonly name: string;
  /** Does some of the work. Returns how much: after none, it waits longer and longer. */
  readonly poll: () => Promise<number>;
  /** Shortest wait, in milliseconds. */
  readonly minDelay: number;
  /** Longest wait, in milliseconds. */
  readonly maxDelay: number;
  readonly log: Logger;
}

/** Starts doing rounds until it is stopped. A round that fails is tried again after the longest wait. */
export function startPollingLoop(options: PollingLoopOptions): PollingLoop {
  const { name, poll, minDelay, maxDelay, log } = options;
  const stopped = new AbortController();
  let woken = new AbortController();

  const work = async (): Promise<void> => {
    let wait = minDelay;
    while (!stopped.signal.aborted) {
      let signals = [stopped.signal, woken.signal];
      try {
        wait = (await poll()) > 0 ? 0 : Math.min(maxDelay, Math.max(minDelay, wait * 2));
      } catch (error) {
        log.warn({ worker: name, reason: describeFailure(error) }, 'worker failed, goes on');
        wait = maxDelay;
        // Nothing is won by trying sooner.
        signals = [stopped.signal];
      }
      if (wait > 0) {
        await sleep(wait, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
      }
      if (woken.signal.aborted) {
        wait = minDelay;
        woken = new AbortController();
      }
    }
  };
  const working = work();
  return {
    stop: () => {
      stopped.abort();
      return working;
    },
    wake: () => woken.abort(),
  };
}
