/** Largest difference to the system's clock, in milliseconds. */
const MAX_CLOCK_DIFFERENCE = 5;

let origin = performance.timeOrigin;

/** Milliseconds since 1970, in finer steps than `Date.now`. Follows changes of the system's clock. */
export function wallClock(): number {
  if (Math.abs(origin + performance.now() - Date.now()) > MAX_CLOCK_DIFFERENCE) {
    // Both are read again, since the process may have paused between the two.
    origin = Date.now() - performance.now();
  }
  return origin + performance.now();
}
