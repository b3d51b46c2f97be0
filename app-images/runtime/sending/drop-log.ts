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
  /** Writes those, once the interval is over. */
  readonly timer: NodeJS.Timeout;
}

/** Counts and logs events that nobody waits for and that were dropped: a line in ten seconds tells how many. */
export class DropLog {
  readonly #drops = new Map<string, Drops>();

  #ended = false;

  /** @param interval between two lines, in milliseconds. */
  public constructor(
    private readonly metrics: RuntimeMetrics,
    private readonly log: Logger,
    private readonly interval = INTERVAL,
  ) {}

  public dropped(type: string, given: GivenUp): void {
    this.metrics.dropped(type, given.reason);
    const name = `${type} ${given.reason}`;
    const drops = this.#drops.get(name);
    if (drops === undefined) {
      this.#write({ type, last: given, events: 1 });
      this.#wait(name, { type, last: given, events: 0 });
    } else {
      this.#drops.set(name, { ...drops, last: given, events: drops.events + 1 });
    }
  }

  /** Writes what no line has told, and from now on each event at once. */
  public end(): void {
    this.#ended = true;
    [...this.#drops.keys()].forEach((name) => this.#tell(name));
  }

  /** Gathers events until the interval is over. */
  #wait(name: string, drops: Omit<Drops, 'timer'>): void {
    if (!this.#ended) {
      const timer = setTimeout(() => this.#tell(name), this.interval).unref();
      this.#drops.set(name, { ...drops, timer });
    }
  }

  /** Writes what no line has told. */
  #tell(name: string): void {
    const { timer, ...drops } = this.#drops.get(name)!;
    clearTimeout(timer);
    this.#drops.delete(name);
    if (drops.events > 0) {
      this.#write(drops);
      this.#wait(name, { ...drops, events: 0 });
    }
  }

  #write({ type, last, events }: Omit<Drops, 'timer'>): void {
    const { reason, error } = last;
    this.log.warn({ type, events, reason, problem: describeFailure(error) }, 'events dropped');
  }
}
