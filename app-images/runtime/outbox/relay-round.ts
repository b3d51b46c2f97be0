import type { TopicKey } from './outbox-rows.ts';
import type { PublishError } from './publisher.ts';
import { nameOf } from './refused-keys.ts';

/** Requests of one topic that fail in a round, before the topic is left for the next. */
const MAX_FAILURES = 3;

/** State of one round of the relay. */
export class RelayRound {
  public published = 0;
  public failure: PublishError | undefined;
  /** Keys with an event that was not published, so that later ones wait. */
  readonly #blockedKeys = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #confirmed = new Set<string>();

  /** @param since when the events were read. */
  public constructor(public readonly since: number) {}

  public isBlocked(event: TopicKey): boolean {
    return this.#blockedKeys.has(nameOf(event));
  }

  public block(events: readonly TopicKey[]): void {
    events.forEach((event) => this.#blockedKeys.add(nameOf(event)));
  }

  public confirm(topic: string, events: number): void {
    this.published += events;
    this.#confirmed.add(topic);
  }

  /** Whether something of a topic was confirmed: what was refused beside it is at fault itself. */
  public hasConfirmed(topic: string): boolean {
    return this.#confirmed.has(topic);
  }

  public fail(topic: string, failure: PublishError): void {
    this.failure ??= failure;
    this.#failures.set(topic, (this.#failures.get(topic) ?? 0) + 1);
  }

  public giveUp(topic: string): void {
    this.#failures.set(topic, MAX_FAILURES);
  }

  /** Whether a topic is left for a later round. */
  public gaveUp(topic: string): boolean {
    return (this.#failures.get(topic) ?? 0) >= MAX_FAILURES;
  }
}
