/** Random choices that are the same for the same seed. */
export class Random {
  #state: number;

  public constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below 1 (mulberry32). */
  public next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  public chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 to below a limit. */
  public below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  public pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** Some of the items, each with a probability. */
  public some<Item>(items: readonly Item[], probability = 0.5): Item[] {
    return items.filter(() => this.chance(probability));
  }

  /** As many results as are asked for. */
  public times<Item>(count: number, make: () => Item): Item[] {
    return Array.from({ length: count }, make);
  }
}
