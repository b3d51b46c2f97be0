/** Tracks what a process has in flight, and whether it is stopping. */
export class InFlightTracker {
  #inFlight = 0;
  #idleSince = performance.now();
  #stopping = false;
  #lastFailure: number | undefined;

  /** Whether the process has been asked to stop. */
  public get stopping(): boolean {
    return this.#stopping;
  }

  /** When a delivery last failed that will be retried, on the clock of `performance`. */
  public get lastFailure(): number | undefined {
    return this.#lastFailure;
  }

  /** Records that a delivery failed and will be retried. */
  public failed(): void {
    this.#lastFailure = performance.now();
  }

  /** Starts to stop. */
  public stop(): void {
    this.#stopping = true;
    this.#idleSince = performance.now();
  }

  /** Runs a task that must end before the process stops. */
  public async track<T>(run: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await run();
    } finally {
      this.#inFlight--;
      this.#idleSince = performance.now();
    }
  }

  /** Milliseconds since something was last in flight; 0 while something is. */
  public get idleFor(): number {
    return this.#inFlight > 0 ? 0 : performance.now() - this.#idleSince;
  }
}
