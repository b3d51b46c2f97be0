import type { Handler } from './consumer.ts';
import type { Transaction } from '../database/database.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { eventTransaction } from './event-transaction.ts';
import {
  classifyFailure,
  DatabaseUnavailableError,
  describeFailure,
  HandlerError,
  InboxRefusalError,
} from '../errors/failure.ts';
import { type InboxDays, processedBefore, take, type Taken, type Taker } from './inbox.ts';
import { quarantine, type Quarantined } from '../quarantine/quarantine.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';

/** What became of an event. Each is final: the event need not come again. */
export type Outcome = 'processed' | 'duplicate' | 'quarantined' | 'parked';

/** Why an event cannot be processed, for its row in the quarantine. */
export type Verdict = Omit<Quarantined, 'item'>;

/** What one try is made with. */
export interface AttemptOptions {
  readonly taker: Taker;
  readonly topic: string;
  readonly handler: Pick<Handler, 'handle'>;
  readonly publisher: EventPublisher;
  readonly days: InboxDays;
  /** Events that are known to fail. */
  readonly verdicts: ReadonlyMap<ReceivedEvent, Verdict>;
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
  if (error instanceof InboxRefusalError) {
    return { reason: 'data', cause: describeFailure(error), attempts, taken: false };
  }
  const origin = error instanceof HandlerError ? error.cause : error;
  return {
    reason: classifyFailure(error) === 'invalid' ? 'data' : 'handler',
    cause: describeFailure(error),
    stack: origin instanceof Error ? origin.stack : undefined,
    attempts,
  };
}

/**
 * Runs statements on the platform's own tables. A failure of theirs, such as a right that was withdrawn or a table
 * that is not there, is not the fault of an event.
 */
async function ownTables<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure === 'failed') {
      throw new DatabaseUnavailableError("the platform's tables cannot be written to", error);
    }
    throw error;
  }
}

/** Parts of some events: around the one that failed when it is known, else halves. */
export function divide(
  received: readonly ReceivedEvent[],
  error: unknown,
): (readonly ReceivedEvent[])[] {
  const culprit = error instanceof HandlerError ? error.event : undefined;
  const at = received.findIndex(({ event }) => event !== undefined && event === culprit);
  const [from, to] = at >= 0 ? [at, at + 1] : [received.length >> 1, received.length >> 1];
  return [received.slice(0, from), received.slice(from, to), received.slice(to)].filter(
    (part) => part.length > 0,
  );
}

function hasKeyIn({ key }: ReceivedEvent, keys: ReadonlySet<string>): boolean {
  return key !== undefined && keys.has(key);
}

/** One try of a delivery, in its transaction. */
export class Attempt {
  /** Keys of which an event that arrived earlier is, or comes, into the quarantine. */
  readonly #blocked = new Set<string>();
  /** Keys of which the database has just refused an event. */
  readonly #refused = new Set<string>();
  readonly #held = new Map<ReceivedEvent, Verdict>();

  public constructor(
    private readonly tx: Transaction,
    private readonly options: AttemptOptions,
  ) {}

  /**
   * Takes events, runs the handler for those that are new, and quarantines what cannot be processed,
   * with what comes behind it.
   *
   * @param received no two of one source, id and day.
   * @throws what the handler or the database throws; nothing is to be committed then.
   */
  public async run(received: readonly ReceivedEvent[]): Promise<Outcome[]> {
    const { tx } = this;
    const { taker, topic, days, verdicts, careful } = this.options;
    const remembered = ({ day }: ReceivedEvent) =>
      day !== undefined && day >= days.oldest && day <= days.newest;
    const takeable = (item: ReceivedEvent) =>
      remembered(item) && verdicts.get(item)?.taken !== false;
    const { fresh, blockedKeys } = await this.#take(received.filter(takeable));
    blockedKeys.forEach((key) => this.#blocked.add(key));

    const runnable: ReceivedEvent[] = [];
    const duplicates = new Set<ReceivedEvent>();
    for (const item of received) {
      const verdict = item.problem ?? verdicts.get(item);
      if (item.event !== undefined && !remembered(item)) {
        this.#held.set(item, NOT_REMEMBERED);
      } else if (takeable(item) && !fresh.has(deduplicationKey(item))) {
        duplicates.add(item);
      } else if (hasKeyIn(item, this.#blocked)) {
        this.#held.set(item, PARKED);
      } else if (verdict !== undefined) {
        this.#hold(item, verdict, this.#blocked);
      } else {
        runnable.push(item);
      }
    }
    if (careful) {
      await this.#isolate(runnable);
    } else if (runnable.length > 0) {
      await this.#handle(runnable);
    }
    const held = received.flatMap((item) => {
      const verdict = this.#held.get(item);
      return verdict === undefined ? [] : [{ item, ...verdict }];
    });
    await ownTables(() => quarantine(tx, taker, topic, held));
    return received.map((item) => {
      const verdict = this.#held.get(item);
      if (verdict !== undefined) {
        return verdict.reason === 'parked' ? 'parked' : 'quarantined';
      }
      return duplicates.has(item) ? 'duplicate' : 'processed';
    });
  }

  /** What was put into the quarantine and is at fault itself. */
  public get failures(): readonly Quarantined[] {
    return [...this.#held]
      .filter(([, { reason }]) => reason !== 'parked')
      .map(([item, verdict]) => ({ item, ...verdict }));
  }

  async #take(received: readonly ReceivedEvent[]): Promise<Taken> {
    const { taker, topic } = this.options;
    try {
      return await ownTables(() => take(this.tx, taker, topic, received));
    } catch (error) {
      throw classifyFailure(error) === 'invalid'
        ? new InboxRefusalError('the inbox refuses an event', { cause: error })
        : error;
    }
  }

  #hold(item: ReceivedEvent, verdict: Verdict, keys: Set<string>): void {
    this.#held.set(item, verdict);
    if (item.key !== undefined) {
      keys.add(item.key);
    }
  }

  async #handle(received: readonly ReceivedEvent[]): Promise<void> {
    const { handler, taker, publisher } = this.options;
    const events = received.map(({ event }) => event!);
    const before = await ownTables(() => processedBefore(this.tx, taker, received));
    const replayed = new Set(
      received.filter((item) => before.has(deduplicationKey(item))).map(({ event }) => event!),
    );
    const { consumer } = taker;
    await handler.handle(eventTransaction(this.tx, { consumer, publisher, replayed }), events);
  }

  /**
   * Runs the handler on smaller and smaller parts, until only those are left out that the database
   * refuses. Each part is a savepoint: halving needs few of them, where one for each event would be
   * more than PostgreSQL keeps in shared memory (64).
   */
  async #isolate(received: readonly ReceivedEvent[]): Promise<void> {
    const runnable = received.filter((item) => {
      const behind = hasKeyIn(item, this.#refused);
      if (behind) {
        this.#held.set(item, PARKED);
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
