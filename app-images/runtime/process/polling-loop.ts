import { setTimeout as sleep } from 'node:timers/promises';
import { ExponentialBackoff, halfJitterGenerator, type IBackoff } from 'cockatiel';
import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';

/** A background task that polls for work. */
export interface PollingLoop {
  /** Stops the loop once the current poll has ended. */
  stop(): Promise<void>;
  /** Polls now instead of waiting for the delay. */
  wake(): void;
}

/** Options of {@link startPollingLoop}. */
export interface PollingLoopOptions {
  readonly name: string;
  /** Does some of the work. Returns how much it did: the delay grows while that is 0. */
  readonly poll: () => Promise<number>;
  /** Delay after the first poll that found no work, in milliseconds. Jitter makes it up to a half shorter. */
  readonly minDelay: number;
  /** Longest delay, also after a failure, in milliseconds. */
  readonly maxDelay: number;
  readonly log: Logger;
}

/** Polls until it is stopped. A poll that fails is repeated after the longest delay. */
export function startPollingLoop(options: PollingLoopOptions): PollingLoop {
  const { name, poll, minDelay, maxDelay, log } = options;
  const backoff = new ExponentialBackoff({
    ...{ initialDelay: minDelay, maxDelay, generator: halfJitterGenerator },
  });
  const stopped = new AbortController();
  let woken = new AbortController();

  const run = async (): Promise<void> => {
    let idle: IBackoff<unknown> | undefined;
    while (!stopped.signal.aborted) {
      let delay: number;
      let interruptions = [stopped.signal, woken.signal];
      try {
        idle = (await poll()) > 0 ? undefined : (idle?.next(undefined) ?? backoff.next());
        delay = idle?.duration ?? 0;
      } catch (error) {
        log.warn({ task: name, reason: describeFailure(error) }, 'background task failed');
        delay = maxDelay;
        // An earlier try would fail, too.
        interruptions = [stopped.signal];
      }
      if (delay > 0) {
        await sleep(delay, undefined, { signal: AbortSignal.any(interruptions) }).catch(
          () => undefined,
        );
      }
      if (woken.signal.aborted) {
        idle = undefined;
        woken = new AbortController();
      }
    }
  };
  const running = run();
  return {
    stop: () => {
      stopped.abort();
      return running;
    },
    wake: () => woken.abort(),
  };
}
