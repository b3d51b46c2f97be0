import { DELIVERY_BOUNDS, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import {
  Counter,
  Gauge,
  Histogram,
  PROMETHEUS_CONTENT_TYPE,
  prometheusText,
} from './prometheus.ts';

/** How an event of a delivery ended; the `result` label of `events_consumed_total`. */
export type ConsumeResult = (typeof CONSUME_RESULTS)[number] | 'ignored';

const CONSUME_RESULTS = ['processed', 'duplicate', 'quarantined', 'parked', 'failed'] as const;

/** Metrics of one image. Labels are types and results, never ids, so the series stay few. */
export class RuntimeMetrics {
  readonly #consumed = new Counter(
    RUNTIME_METRICS.eventsConsumed,
    'Events answered, by type and result.',
  );
  readonly #processing = new Histogram(
    RUNTIME_METRICS.eventProcessing,
    'Seconds from the delivery of an event to its answer.',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  );
  readonly #delivery = new Histogram(
    RUNTIME_METRICS.eventDelivery,
    "Seconds from an event's own time to the commit of its effect.",
    DELIVERY_BOUNDS,
  );
  readonly #published = new Counter(
    RUNTIME_METRICS.eventsPublished,
    'Events that the broker has confirmed.',
  );
  readonly #deadLettered = new Counter(
    RUNTIME_METRICS.eventsDeadLettered,
    'Events that arrived in a dead-letter topic.',
  );
  readonly #quarantine = new Gauge(
    RUNTIME_METRICS.quarantineEvents,
    'Events of this consumer in the quarantine.',
  );
  readonly #outboxAge = new Gauge(
    RUNTIME_METRICS.outboxAge,
    'Age of the oldest event that waits in the outbox.',
  );
  readonly #outboxSetAside = new Gauge(
    RUNTIME_METRICS.outboxSetAside,
    'Events of the outbox that cannot be published and were set aside.',
  );
  readonly #effects = new Gauge(RUNTIME_METRICS.effectsOpen, 'Side effects that are not done.');

  /**
   * Has the counts of these types there from the start: what a counter had when it was first seen is
   * no growth to Prometheus.
   */
  public expect(types: readonly string[]): void {
    for (const type of types) {
      CONSUME_RESULTS.forEach((result) => this.consumed(type, result, 0));
      this.#delivery.observe({ type }, 0, 0);
    }
  }

  /** Counts events that were answered. */
  public consumed(type: string, result: ConsumeResult, count = 1): void {
    this.#consumed.add({ type, result }, count);
  }

  /** Notes how long the events of one delivery took. */
  public took(type: string, seconds: number, count = 1): void {
    this.#processing.observe({ type }, seconds, count);
  }

  /** Notes how long after its own time an event was processed. */
  public delivered(type: string, seconds: number): void {
    this.#delivery.observe({ type }, seconds);
  }

  /** Counts confirmed events. */
  public published(type: string, count = 1): void {
    this.#published.add({ type }, count);
  }

  /** Counts an event that arrived in a dead-letter topic. */
  public deadLettered(topic: string, consumer: string): void {
    this.#deadLettered.add({ topic, consumer });
  }

  /** Says how many events are in the quarantine, by reason. */
  public quarantine(counts: Readonly<Record<string, number>>): void {
    this.#quarantine.replace(Object.entries(counts).map(([reason, count]) => [{ reason }, count]));
  }

  /** Says how old the oldest event in the outbox is, in seconds; 0 when it is empty. */
  public outboxAge(seconds: number): void {
    this.#outboxAge.replace([[{}, seconds]]);
  }

  /** Says how many events of the outbox were set aside. */
  public outboxSetAside(events: number): void {
    this.#outboxSetAside.replace([[{}, events]]);
  }

  /** Says how many effects are not done, by status. */
  public effects(counts: Readonly<Record<string, number>>): void {
    this.#effects.replace(Object.entries(counts).map(([status, count]) => [{ status }, count]));
  }

  /** Everything in the Prometheus text format. */
  public text(): string {
    return prometheusText([
      this.#consumed,
      this.#processing,
      this.#delivery,
      this.#published,
      this.#deadLettered,
      this.#quarantine,
      this.#outboxAge,
      this.#outboxSetAside,
      this.#effects,
    ]);
  }

  /** Content type of {@link text}. */
  public readonly contentType = PROMETHEUS_CONTENT_TYPE;
}
