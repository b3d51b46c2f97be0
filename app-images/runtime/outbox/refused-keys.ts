import type { TopicKey } from './outbox-rows.ts';

/** First wait before an event that was refused is tried again, in milliseconds. */
const FIRST_WAIT = 500;
/** Time after which a key is forgotten of which nothing was tried any more, in milliseconds. */
const FORGOTTEN_AFTER = 600_000;

/** One text for a key of a topic. */
export function nameOf({ topic, key }: TopicKey): string {
  return `${topic}\u0000${key}`;
}

interface Refusal extends TopicKey {
  readonly until: number;
  readonly wait: number;
}

/** Keys of which the broker refuses an event. Events behind it have to wait, and so does it for its next try. */
export class RefusedKeys {
  readonly #refusals = new Map<string, Refusal>();

  /** @param maxWait longest wait, in milliseconds. */
  public constructor(private readonly maxWait = 30_000) {}

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
      const before = this.#refusals.get(name)?.wait;
      const wait = longer ? Math.min(this.maxWait, 2 * (before ?? FIRST_WAIT / 2)) : FIRST_WAIT;
      this.#refusals.set(name, { topic, key, wait, until: performance.now() + wait });
    }
  }

  /** Forgets a key: its event was published. */
  public remove(event: TopicKey): void {
    this.#refusals.delete(nameOf(event));
  }
}
