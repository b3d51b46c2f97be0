import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';

/** Something that is done over and over beside the deliveries. */
export interface Worker {
  /** Ends it, once what is under way has ended. */
  stop(): Promise<void>;
  /** Has it look at once instead of waiting. */
  wake(): void;
}

/** How a {@link startWorker} waits. */
export interface WorkerOptions {
  readonly name: string;
  /** Does some of the work. Returns how much: after none, it waits longer and longer. */
  readonly round: () => Promise<number>;
  /** Shortest wait, in milliseconds. */
  readonly from: number;
  /** Longest wait, in milliseconds. */
  readonly to: number;
  readonly log: Logger;
}

/** Starts doing rounds until it is stopped. A round that fails is tried again after the longest wait. */
export function startWorker(options: WorkerOptions): Worker {
  const { name, round, from, to, log } = options;
  const stopped = new AbortController();
  let woken = new AbortController();

  const work = async (): Promise<void> => {
    let wait = from;
    while (!stopped.signal.aborted) {
      let signals = [stopped.signal, woken.signal];
      try {
        wait = (await round()) > 0 ? 0 : Math.min(to, Math.max(from, wait * 2));
      } catch (error) {
        log.warn({ worker: name, reason: describeFailure(error) }, 'worker failed, goes on');
        wait = to;
        // Nothing is won by trying sooner.
        signals = [stopped.signal];
      }
      if (wait > 0) {
        await sleep(wait, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
      }
      if (woken.signal.aborted) {
        wait = from;
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
