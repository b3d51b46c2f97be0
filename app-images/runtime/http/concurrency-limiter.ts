/** A limit is reached: a task was rejected, and nothing of it was run. */
export class RejectedError extends Error {
  public override readonly name = 'RejectedError';
}

/** Limits of a {@link ConcurrencyLimiter}. */
export interface ConcurrencyLimits {
  /** Tasks that run at the same time. */
  readonly concurrency: number;
  /** Tasks that wait in addition. */
  readonly queueLimit: number;
}

/**
 * Runs a limited number of tasks at a time, queues a limited number, and rejects the rest. Queued tasks run in their order.
 * The bulkhead of cockatiel 4.0.0 does not keep that order: a new task can overtake one that has just left
 * the queue, which is queued again, or rejected when the queue is full by then.
 */
export class ConcurrencyLimiter {
  #running = 0;
  readonly #queue: (() => void)[] = [];

  public constructor(private readonly limits: ConcurrencyLimits) {}

  /**
   * Runs a task as soon as a slot is free.
   *
   * @throws RejectedError when the queue is full.
   */
  public async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limits.concurrency) {
      if (this.#queue.length >= this.limits.queueLimit) {
        throw new RejectedError(`the queue is full: ${this.limits.queueLimit} deliveries wait`);
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await task();
    } finally {
      // The first of the queue takes over the slot.
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#running--;
      } else {
        next();
      }
    }
  }
}
