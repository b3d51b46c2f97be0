import type { TopicKey } from './outbox-rows.ts';

/** First wait before an event that was refused is tried again, in milliseconds. */
const INITIAL_DELAY = 500;
/** Time after which a key is forgotten of which nothing was tried any more, in milliseconds. */
const FORGOTTEN_AFTER = 600_000;

/** One text for a key of a topic. */
export function nameOf({ topic, key }: TopicKey): string {
  return `${topic}\u0000${key}`;
}

interface Refusal extends TopicKey {
  readonly until: number;
  readonly delay: number;
}

/** Keys of which the broker refuses an event. Events behind it have to wait, and so does it for its next try. */
export class RefusedKeys {
  readonly #refusals = new Map<string, Refusal>();

  /** @param maxDelay longest wait, in milliseconds. */
  public constructor(private readonly maxDelay = 30_000) {}

  /** Keys that wait now. */
  public waiting(): TopicKey[] {
    const now = performance.now();
    for (const [name, { until }] of this.#refusals) {
      // Deleted, set aside, or another relay's by now.
      if (until + FORGOTTEN_AFTER < now) {
        this.#refusals.delete(name);
      }
    }
    return [...this.#refusals.values()].filter(({ until }) => until > now);
  }

  /**
   * Makes keys wait before their next try.
   *
   * @param longer doubles the wait, since the broker takes other events.
   */
  public add(events: readonly TopicKey[], longer: boolean): void {
    for (const { topic, key } of events) {
      const name = nameOf({ topic, key });
      const before = this.#refusals.get(name)?.delay;
      const delay = longer
        ? Math.min(this.maxDelay, 2 * (before ?? INITIAL_DELAY / 2))
        : INITIAL_DELAY;
      this.#refusals.set(name, { topic, key, delay, until: performance.now() + delay });
    }
  }

  /** Forgets a key: its event was published. */
  public remove(event: TopicKey): void {
    this.#refusals.delete(nameOf(event));
  }
}
