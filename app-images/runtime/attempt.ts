import { type Arrival, arrivalName } from './arrival.ts';
import type { Handler } from './consumer.ts';
import type { Transaction } from './database.ts';
import { withEffects } from './effects.ts';
import { classifyFailure, describeFailure, HandlerError } from './failure.ts';
import { type InboxDays, take, type Taker } from './inbox.ts';
import { quarantine, type Quarantined } from './quarantine.ts';

/** What became of an event. Each is final: the event need not come again. */
export type Outcome = 'processed' | 'duplicate' | 'quarantined' | 'parked';

/** Why an event cannot be processed, for its row in the quarantine. */
export type Verdict = Omit<Quarantined, 'arrival'>;

/** What one try is made with. */
export interface AttemptOptions {
  readonly taker: Taker;
  readonly topic: string;
  readonly handler: Pick<Handler, 'handle'>;
  readonly days: InboxDays;
  /** Events that are known to fail. */
  readonly verdicts: ReadonlyMap<Arrival, Verdict>;
  /** Finds out which events the database refuses, instead of failing with all of them. */
  readonly careful: boolean;
}

const PARKED: Verdict = {
  reason: 'parked',
  cause: 'an earlier event of its key is in the quarantine',
};
const NOT_REMEMBERED: Verdict = {
  reason: 'time',
  cause: 'time is outside of the days that the inbox remembers',
};

/** The verdict on an event that its handler, or the database, failed at. */
export function verdictOf(error: unknown, attempts: number): Verdict {
  const origin = error instanceof HandlerError ? error.cause : error;
  return {
    reason: classifyFailure(error) === 'invalid' ? 'data' : 'handler',
    cause: describeFailure(error),
    stack: origin instanceof Error ? origin.stack : undefined,
    attempts,
  };
}

/** Parts of some events: around the one that failed when it is known, else halves. */
export function divide(arrivals: readonly Arrival[], error: unknown): (readonly Arrival[])[] {
  const culprit = error instanceof HandlerError ? error.event : undefined;
  const at = arrivals.findIndex(({ event }) => event !== undefined && event === culprit);
  const [from, to] = at >= 0 ? [at, at + 1] : [arrivals.length >> 1, arrivals.length >> 1];
  return [arrivals.slice(0, from), arrivals.slice(from, to), arrivals.slice(to)].filter(
    (part) => part.length > 0,
  );
}

function hasKeyIn({ key }: Arrival, keys: ReadonlySet<string>): boolean {
  return key !== undefined && keys.has(key);
}

/** One try of a delivery, in its transaction. */
export class Attempt {
  /** Keys of which an event that arrived earlier is, or comes, into the quarantine. */
  readonly #blocked = new Set<string>();
  /** Keys of which the database has just refused an event. */
  readonly #refused = new Set<string>();
  readonly #held = new Map<Arrival, Verdict>();

  public constructor(
    private readonly tx: Transaction,
    private readonly options: AttemptOptions,
  ) {}

  /**
   * Takes events, runs the handler for those that are new, and quarantines what cannot be processed,
   * with what comes behind it.
   *
   * @param arrivals no two of one source and id.
   * @throws what the handler or the database throws; nothing is to be committed then.
   */
  public async run(arrivals: readonly Arrival[]): Promise<Outcome[]> {
    const { tx } = this;
    const { taker, topic, days, verdicts, careful } = this.options;
    const remembered = ({ day }: Arrival) =>
      day !== undefined && day >= days.oldest && day <= days.newest;
    const { fresh, blockedKeys } = await take(tx, taker, topic, arrivals.filter(remembered));
    blockedKeys.forEach((key) => this.#blocked.add(key));

    const runnable: Arrival[] = [];
    const duplicates = new Set<Arrival>();
    for (const arrival of arrivals) {
      const verdict = arrival.problem ?? verdicts.get(arrival);
      if (arrival.event !== undefined && !remembered(arrival)) {
        this.#held.set(arrival, NOT_REMEMBERED);
      } else if (arrival.event !== undefined && !fresh.has(arrivalName(arrival))) {
        duplicates.add(arrival);
      } else if (hasKeyIn(arrival, this.#blocked)) {
        this.#held.set(arrival, PARKED);
      } else if (verdict !== undefined) {
        this.#hold(arrival, verdict, this.#blocked);
      } else {
        runnable.push(arrival);
      }
    }
    if (careful) {
      await this.#isolate(runnable);
    } else if (runnable.length > 0) {
      await this.#handle(runnable);
    }
    const held = arrivals.flatMap((arrival) => {
      const verdict = this.#held.get(arrival);
      return verdict === undefined ? [] : [{ arrival, ...verdict }];
    });
    await quarantine(tx, taker.consumer, topic, held);
    return arrivals.map((arrival) => {
      const verdict = this.#held.get(arrival);
      if (verdict !== undefined) {
        return verdict.reason === 'parked' ? 'parked' : 'quarantined';
      }
      return duplicates.has(arrival) ? 'duplicate' : 'processed';
    });
  }

  /** What was put into the quarantine and is at fault itself. */
  public get failures(): readonly Quarantined[] {
    return [...this.#held]
      .filter(([, { reason }]) => reason !== 'parked')
      .map(([arrival, verdict]) => ({ arrival, ...verdict }));
  }

  #hold(arrival: Arrival, verdict: Verdict, keys: Set<string>): void {
    this.#held.set(arrival, verdict);
    if (arrival.key !== undefined) {
      keys.add(arrival.key);
    }
  }

  async #handle(arrivals: readonly Arrival[]): Promise<void> {
    const { handler, taker } = this.options;
    const events = arrivals.map(({ event }) => event!);
    await handler.handle(withEffects(this.tx, taker.consumer), events);
  }

  /**
   * Runs the handler on smaller and smaller parts, until only those are left out that the database
   * refuses. Each part is a savepoint: halving needs few of them, where one for each event would be
   * more than PostgreSQL keeps in shared memory (64).
   */
  async #isolate(arrivals: readonly Arrival[]): Promise<void> {
    const runnable = arrivals.filter((arrival) => {
      const behind = hasKeyIn(arrival, this.#refused);
      if (behind) {
        this.#held.set(arrival, PARKED);
      }
      return !behind;
    });
    if (runnable.length === 0) {
      return;
    }
    await this.tx.query('SAVEPOINT part');
    try {
      await this.#handle(runnable);
      await this.tx.query('RELEASE SAVEPOINT part');
    } catch (error) {
      if (classifyFailure(error) !== 'invalid') {
        throw error;
      }
      await this.tx.query('ROLLBACK TO SAVEPOINT part');
      await this.tx.query('RELEASE SAVEPOINT part');
      if (runnable.length === 1) {
        this.#hold(runnable[0]!, verdictOf(error, 1), this.#refused);
        return;
      }
      for (const part of divide(runnable, error)) {
        await this.#isolate(part);
      }
    }
  }
}
