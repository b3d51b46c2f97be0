import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something holds.
 *
 * @param what holds, for the message; a function is called when the time is over.
 * @param deadline in seconds.
 * @param interval between two looks, in milliseconds. @default 1000
 * @throws Error with `what` when it does not hold in time.
 */
export async function until(
  what: string | (() => string),
  deadline: number,
  holds: () => Promise<boolean>,
  interval = 1_000,
): Promise<void> {
  const end = performance.now() + deadline * 1000;
  while (!(await holds())) {
    if (performance.now() > end) {
      throw new Error(`${typeof what === 'string' ? what : what()}: not within ${deadline} s`);
    }
    await sleep(interval);
  }
}
