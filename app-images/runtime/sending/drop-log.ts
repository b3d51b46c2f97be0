import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import type { GivenUp } from './send-queue.ts';

/** Time between two lines about one type and reason, in milliseconds. */
const INTERVAL = 10_000;

interface Drops {
  readonly type: string;
  readonly last: GivenUp;
  /** Events that no line has told. */
  readonly events: number;
  readonly loggedAt: number;
}

/** Counts and logs events that nobody waits for and that were dropped: a line in ten seconds tells how many. */
export class DropLog {
  readonly #drops = new Map<string, Drops>();

  public constructor(
    private readonly metrics: RuntimeMetrics,
    private readonly log: Logger,
  ) {}

  public dropped(type: string, given: GivenUp): void {
    this.metrics.dropped(type, given.reason);
    const name = `${type} ${given.reason}`;
    const { events = 0, loggedAt = -Infinity } = this.#drops.get(name) ?? {};
    const drops = { type, last: given, events: events + 1, loggedAt };
    this.#drops.set(name, performance.now() - loggedAt < INTERVAL ? drops : this.#write(drops));
  }

  /** Writes what no line has told. */
  public end(): void {
    this.#drops.forEach((drops) => drops.events > 0 && this.#write(drops));
    this.#drops.clear();
  }

  #write({ type, last, events }: Drops): Drops {
    const { reason, error } = last;
    this.log.warn({ type, events, reason, problem: describeFailure(error) }, 'events dropped');
    return { type, last, events: 0, loggedAt: performance.now() };
  }
}
