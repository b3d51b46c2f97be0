/** What a process has in flight. */
export class InFlightTracker {
  #inFlight = 0;
  #idleSince = performance.now();
  #stopping = false;
  #lastFailure: number | undefined;

  /** Whether the process has been asked to stop. */
  public get stopping(): boolean {
    return this.#stopping;
  }

  /** When something in flight last failed and will be tried again, on the clock of `performance`. */
  public get lastFailure(): number | undefined {
    return this.#lastFailure;
  }

  /** Notes that something in flight failed and will be tried again. */
  public failed(): void {
    this.#lastFailure = performance.now();
  }

  /** Says that the process is to stop. */
  public stop(): void {
    this.#stopping = true;
    this.#idleSince = performance.now();
  }

  /** Runs something that has to end before the process may. */
  public async track<T>(run: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await run();
    } finally {
      this.#inFlight--;
      this.#idleSince = performance.now();
    }
  }

  /** Milliseconds for which nothing has been in flight; 0 while something is. */
  public get idleFor(): number {
    return this.#inFlight > 0 ? 0 : performance.now() - this.#idleSince;
  }
}
