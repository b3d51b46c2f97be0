import { RejectedError } from './concurrency-limiter.ts';

/**
 * A limited amount, such as bytes of memory, that everything in progress shares. Bulkheads of libraries count tasks, and
 * tasks here differ in size.
 */
export class Budget {
  #used = 0;

  /**
   * @param limit of the total.
   * @param unit of the amounts, for errors.
   */
  public constructor(
    private readonly limit: number,
    private readonly unit: string,
  ) {}

  /** Amount in use. */
  public get used(): number {
    return this.#used;
  }

  /** Reserves an amount. @throws RejectedError when less is left; nothing is reserved then. */
  public reserve(amount: number): void {
    if (this.#used + amount > this.limit) {
      throw new RejectedError(
        `${this.#used} of ${this.limit} ${this.unit} are in use: ${amount} more exceed the limit`,
      );
    }
    this.#used += amount;
  }

  /** Runs a task that reserves what it needs step by step. Releases all of it when the task ends. */
  public async use<T>(run: (reserve: (amount: number) => void) => Promise<T>): Promise<T> {
    let reserved = 0;
    try {
      return await run((amount) => {
        this.reserve(amount);
        reserved += amount;
      });
    } finally {
      this.#used -= reserved;
    }
  }
}
