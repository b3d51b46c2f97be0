import { OverloadError } from './concurrency-limiter.ts';

/** An amount that all that is in progress shares, such as bytes of memory. */
export class Budget {
  #used = 0;

  /**
   * @param limit of everything together.
   * @param unit what is counted, for errors.
   */
  public constructor(
    private readonly limit: number,
    private readonly unit: string,
  ) {}

  /** What is in use. */
  public get used(): number {
    return this.#used;
  }

  /** Takes some of it. @throws OverloadError when there is not as much left; nothing was taken then. */
  public reserve(amount: number): void {
    if (this.#used + amount > this.limit) {
      throw new OverloadError(
        `${this.#used} ${this.unit} are in progress already, at most ${this.limit} may be`,
      );
    }
    this.#used += amount;
  }

  /** Gives some of it back. */
  public release(amount: number): void {
    this.#used -= amount;
  }

  /** Runs something that takes what it needs step by step; all of it is given back in the end. */
  public async use<T>(run: (take: (amount: number) => void) => Promise<T>): Promise<T> {
    let taken = 0;
    try {
      return await run((amount) => {
        this.reserve(amount);
        taken += amount;
      });
    } finally {
      this.release(taken);
    }
  }
}
