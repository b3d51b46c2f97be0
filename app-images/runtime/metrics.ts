import { Counter, Histogram, Registry } from 'prom-client';
import { RUNTIME_METRICS } from '../../constructs/contracts/index.ts';

/** How a delivery ended; the `result` label of `events_consumed_total`. */
export type ConsumeResult = 'processed' | 'duplicate' | 'invalid' | 'failed' | 'ignored';

/** Metrics of one image. Labels are types and results, never ids, so the series stay few. */
export class RuntimeMetrics {
  readonly #registry = new Registry();
  readonly #consumed = new Counter({
    name: RUNTIME_METRICS.eventsConsumed,
    help: 'Deliveries answered, by type and result.',
    labelNames: ['type', 'result'],
    registers: [this.#registry],
  });
  readonly #processing = new Histogram({
    name: RUNTIME_METRICS.eventProcessing,
    help: 'Seconds from a delivery to its answer.',
    labelNames: ['type'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [this.#registry],
  });
  readonly #published = new Counter({
    name: RUNTIME_METRICS.eventsPublished,
    help: 'Events that the broker has confirmed.',
    labelNames: ['type'],
    registers: [this.#registry],
  });

  /** Counts one answered delivery. */
  public consumed(type: string, result: ConsumeResult, seconds: number): void {
    this.#consumed.inc({ type, result });
    this.#processing.observe({ type }, seconds);
  }

  /** Counts one confirmed event. */
  public published(type: string): void {
    this.#published.inc({ type });
  }

  /** Everything in the Prometheus text format. */
  public text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Content type of {@link text}. */
  public get contentType(): string {
    return this.#registry.contentType;
  }
}
