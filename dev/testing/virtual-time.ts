import { setTimeout as sleep } from 'node:timers/promises';
import type { Scheduler } from '../sidecar/scheduler.ts';

/** What happens at a time. */
interface Timer {
  readonly at: number;
  readonly fire: () => void;
  /** Whether somebody waits for it; otherwise it only ends what takes too long. */
  readonly awaited: boolean;
}

/** Milliseconds between two looks at whether something is busy. */
const LOOK = 1;

/** A clock that stands still until it is moved, and knows whether all that is left to do waits for it. */
export class VirtualTime implements Scheduler {
  #now = Date.now();
  #busy = 0;
  readonly #timers = new Set<Timer>();

  public now(): number {
    return this.#now;
  }

  /** Tasks that do something. */
  public get busy(): number {
    return this.#busy;
  }

  /** Waits until a condition holds, or an end on the clock of `performance`. @returns whether it does. */
  public async until(condition: () => boolean, end: number): Promise<boolean> {
    // What others have begun in this turn counts.
    await sleep(0);
    while (!condition()) {
      if (performance.now() > end) {
        return false;
      }
      await sleep(LOOK);
    }
    return true;
  }

  public sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return Promise.resolve();
    }
    return this.wait(
      new Promise((resolve) => {
        const end = () => {
          this.#timers.delete(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer: Timer = { at: this.#now + milliseconds, fire: end, awaited: true };
        this.#timers.add(timer);
        signal.addEventListener('abort', end);
      }),
    );
  }

  public timeout(milliseconds: number): AbortSignal {
    const over = new AbortController();
    const fire = () => over.abort();
    this.#timers.add({ at: this.#now + milliseconds, fire, awaited: false });
    return over.signal;
  }

  public async run<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#busy++;
    try {
      return await task();
    } finally {
      this.#busy--;
    }
  }

  public async wait<Result>(event: Promise<Result>): Promise<Result> {
    this.#busy--;
    try {
      return await event;
    } finally {
      this.#busy++;
    }
  }

  /** The next time that somebody waits for; undefined when nobody does. */
  public get next(): number | undefined {
    const times = [...this.#timers].filter(({ awaited }) => awaited).map(({ at }) => at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Moves the clock, and has everything happen that is due. */
  public moveTo(at: number): void {
    this.#now = at;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= at) {
        this.#timers.delete(timer);
        timer.fire();
      }
    }
  }
}
