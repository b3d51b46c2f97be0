/** Time between two deletions of old rows, such as idempotency keys, in milliseconds. */
export const FORGET_INTERVAL = 60_000;

/** Limits how often a function runs. */
export function atMostEvery<Args extends unknown[]>(
  milliseconds: number,
  run: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  let last = -Infinity;
  return async (...args) => {
    if (performance.now() - last >= milliseconds) {
      last = performance.now();
      await run(...args);
    }
  };
}
