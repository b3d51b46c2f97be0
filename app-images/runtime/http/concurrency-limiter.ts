/** Too much is in progress already. */
export class OverloadError extends Error {
  public override readonly name = 'OverloadError';
}

/** Bounds of a {@link Gate}. */
export interface GateOptions {
  /** What may be in progress at the same time. */
  readonly concurrency: number;
  /** What may wait beside that. */
  readonly waiting: number;
}

/** Lets so much in at the same time, has so much wait, and refuses the rest. */
export class Gate {
  #inside = 0;
  readonly #queue: (() => void)[] = [];

  public constructor(private readonly options: GateOptions) {}

  /**
   * Runs something as soon as there is room.
   *
   * @throws OverloadError when too much waits; nothing was run then.
   */
  public async pass<T>(run: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.options.concurrency) {
      if (this.#queue.length >= this.options.waiting) {
        throw new OverloadError(`${this.options.waiting} deliveries wait already`);
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#inside++;
    }
    try {
      return await run();
    } finally {
      // Whoever waits longest takes the place over.
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#inside--;
      } else {
        next();
      }
    }
  }
}
