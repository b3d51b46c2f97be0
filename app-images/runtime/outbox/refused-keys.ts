import type { TopicKey } from './outbox-rows.ts';

/** Delay before the first retry of a refused event, in milliseconds. */
const INITIAL_DELAY = 500;
/** Time after which a key without further tries is forgotten, in milliseconds. */
const FORGOTTEN_AFTER = 600_000;

/** One string for a key of a topic. */
export function nameOf({ topic, key }: TopicKey): string {
  return `${topic}\u0000${key}`;
}

interface Refusal extends TopicKey {
  readonly until: number;
  readonly delay: number;
}

/**
 * Keys with an event that the broker refuses. The event and later ones of its key wait for the next try. Delays have
 * no jitter, since one relay publishes the events of a key.
 */
export class RefusedKeys {
  readonly #refusals = new Map<string, Refusal>();

  /**
   * @param maxDelay in milliseconds.
   * @param clock that delays are measured with, in milliseconds.
   */
  public constructor(
    private readonly maxDelay = 30_000,
    private readonly clock = () => performance.now(),
  ) {}

  /** Keys that wait now. */
  public waiting(): TopicKey[] {
    const now = this.clock();
    for (const [name, { until }] of this.#refusals) {
      // Deleted, set aside, or another relay's by now.
      if (until + FORGOTTEN_AFTER < now) {
        this.#refusals.delete(name);
      }
    }
    return [...this.#refusals.values()].filter(({ until }) => until > now);
  }

  /**
   * Delays the next try of keys.
   *
   * @param longer doubles the delay, since the broker accepts other events.
   */
  public add(events: readonly TopicKey[], longer: boolean): void {
    for (const { topic, key } of events) {
      const name = nameOf({ topic, key });
      const before = this.#refusals.get(name)?.delay;
      const delay = longer
        ? Math.min(this.maxDelay, 2 * (before ?? INITIAL_DELAY / 2))
        : INITIAL_DELAY;
      this.#refusals.set(name, { topic, key, delay, until: this.clock() + delay });
    }
  }

  /** Forgets a key: its event was published. */
  public remove(event: TopicKey): void {
    this.#refusals.delete(nameOf(event));
  }
}
