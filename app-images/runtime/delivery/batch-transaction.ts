import type { Transaction } from '../database/database.ts';
import type { EventRoute } from './event-routes.ts';
import { type HandlerContext, runHandler } from './run-handler.ts';
import {
  classifyFailure,
  describeFailure,
  HandlerError,
  InboxRefusalError,
} from '../errors/failure.ts';
import { type RetainedDays, claim, type ClaimResult } from './inbox.ts';
import { quarantine, type QuarantineEntry } from '../quarantine/quarantine.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { redact } from '../sealing/redact.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';

/** Outcome of an event. Each is final: the event is not delivered again. */
export type Outcome = 'processed' | 'duplicate' | 'quarantined' | 'parked' | 'dropped';

/** Why an event cannot be processed, for its row in the quarantine. */
export type QuarantineDetails = Omit<QuarantineEntry, 'item'>;

/** Options of {@link BatchTransaction}. */
export interface BatchTransactionOptions
  extends HandlerContext, Pick<EventRoute, 'topic' | 'deliveryOf'> {
  readonly days: RetainedDays;
  /** Events that failed before. */
  readonly knownFailures: ReadonlyMap<ReceivedEvent, QuarantineDetails>;
  /** Whether to find the events that the database refuses, instead of failing with all of them. */
  readonly isolateFailures: boolean;
}

const PARKED: QuarantineDetails = {
  reason: 'parked',
  cause: 'an earlier event of its key is in the quarantine',
};
const OUTSIDE_RETENTION: QuarantineDetails = {
  reason: 'time',
  cause: 'time is outside of the days that the inbox remembers',
};

/** Details of an event that its handler or the database failed on. */
export function quarantineDetails(
  error: unknown,
  attempts: number,
  { personal }: Pick<ReceivedEvent, 'personal'>,
): QuarantineDetails {
  const cause = redact(describeFailure(error), personal);
  if (error instanceof InboxRefusalError) {
    return { reason: 'data', cause, attempts, claimed: false };
  }
  const origin = error instanceof HandlerError ? error.cause : error;
  const stack = origin instanceof Error ? origin.stack : undefined;
  return {
    reason: classifyFailure(error) === 'invalid' ? 'data' : 'handler',
    cause,
    stack: stack === undefined ? undefined : redact(stack, personal),
    attempts,
  };
}

/** Splits events around the one that failed when it is known, otherwise in halves. */
export function bisect(
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

/** One try of a batch, in one transaction. */
export class BatchTransaction {
  /** Keys with an earlier event that is in the quarantine, or goes there now. */
  readonly #blockedKeys = new Set<string>();
  /** Keys with an event that the database has refused in this transaction. */
  readonly #refusedKeys = new Set<string>();
  readonly #quarantined = new Map<ReceivedEvent, QuarantineDetails>();
  #afterwards: readonly ReceivedEvent[] = [];

  public constructor(
    private readonly tx: Transaction,
    private readonly options: BatchTransactionOptions,
  ) {}

  /**
   * Claims events, runs the handler for the new ones, and quarantines those that cannot be processed, with later events
   * of their keys. Those of the delivery `at-most-once` are left for {@link afterwards}.
   *
   * @param received no two of one source, id and day.
   * @throws what the handler or the database throws. Do not commit then.
   */
  public async run(received: readonly ReceivedEvent[]): Promise<Outcome[]> {
    const { tx } = this;
    const { scope, topic, days, knownFailures, isolateFailures } = this.options;
    const retained = ({ day }: ReceivedEvent) =>
      day !== undefined && day >= days.oldest && day <= days.newest;
    const claimable = (item: ReceivedEvent) =>
      retained(item) && knownFailures.get(item)?.claimed !== false;
    const remembered = (item: ReceivedEvent) => claimable(item) && this.#isRemembered(item);
    const { fresh, blockedKeys } = await this.#claim(
      received.filter(claimable),
      received.filter(remembered),
    );
    blockedKeys.forEach((key) => this.#blockedKeys.add(key));

    const runnable: ReceivedEvent[] = [];
    const duplicates = new Set<ReceivedEvent>();
    for (const item of received) {
      const details = item.problem ?? knownFailures.get(item);
      if (item.event !== undefined && !retained(item)) {
        this.#quarantined.set(item, OUTSIDE_RETENTION);
      } else if (remembered(item) && !fresh.has(deduplicationKey(item))) {
        duplicates.add(item);
      } else if (hasKeyIn(item, this.#blockedKeys)) {
        this.#quarantined.set(item, PARKED);
      } else if (details !== undefined) {
        this.#quarantine(item, details, this.#blockedKeys);
      } else {
        runnable.push(item);
      }
    }
    const isLater = ({ event }: ReceivedEvent) =>
      this.options.deliveryOf(event!) === 'at-most-once';
    this.#afterwards = runnable.filter(isLater);
    const now = runnable.filter((item) => !isLater(item));
    if (isolateFailures) {
      await this.#isolateFailures(now);
    } else if (now.length > 0) {
      await this.#handle(now);
    }
    const entries = received.flatMap((item) => {
      const details = this.#quarantined.get(item);
      const unclaimed = item.event !== undefined && !this.#isRemembered(item);
      return details === undefined
        ? []
        : [{ item, ...details, ...(unclaimed && { claimed: false }) }];
    });
    await onPlatformTables(() => quarantine(tx, scope, topic, entries));
    return received.map((item) => {
      const details = this.#quarantined.get(item);
      if (details !== undefined) {
        return details.reason === 'parked' ? 'parked' : 'quarantined';
      }
      return duplicates.has(item) ? 'duplicate' : 'processed';
    });
  }

  /** Events that were quarantined for a failure of their own. */
  public get failures(): readonly QuarantineEntry[] {
    return [...this.#quarantined]
      .filter(([, { reason }]) => reason !== 'parked')
      .map(([item, details]) => ({ item, ...details }));
  }

  /** Events that the inbox has taken, and that are to be handled once that is committed. */
  public get afterwards(): readonly ReceivedEvent[] {
    return this.#afterwards;
  }

  /** Whether the inbox remembers an event. One that could not be read is remembered. */
  #isRemembered({ event }: ReceivedEvent): boolean {
    return event === undefined || this.options.deliveryOf(event) !== 'at-least-once';
  }

  async #claim(
    received: readonly ReceivedEvent[],
    remembered: readonly ReceivedEvent[],
  ): Promise<ClaimResult> {
    const { scope, topic } = this.options;
    const keys = new Set(received.flatMap(({ key }) => (key === undefined ? [] : [key])));
    try {
      return await onPlatformTables(() => claim(this.tx, scope, { topic, keys }, remembered));
    } catch (error) {
      throw classifyFailure(error) === 'invalid'
        ? new InboxRefusalError('the inbox refuses an event', { cause: error })
        : error;
    }
  }

  #quarantine(item: ReceivedEvent, details: QuarantineDetails, keys: Set<string>): void {
    this.#quarantined.set(item, details);
    if (item.key !== undefined) {
      keys.add(item.key);
    }
  }

  async #handle(received: readonly ReceivedEvent[]): Promise<void> {
    await runHandler(this.tx, this.options, received);
  }

  /**
   * Bisects the events until only those are left out that the database refuses. Each part has a savepoint: bisection
   * needs few of them, while one per event would exceed what PostgreSQL keeps in shared memory (64).
   */
  async #isolateFailures(received: readonly ReceivedEvent[]): Promise<void> {
    const runnable = received.filter((item) => {
      const isBehind = hasKeyIn(item, this.#refusedKeys);
      if (isBehind) {
        this.#quarantined.set(item, PARKED);
      }
      return !isBehind;
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
        this.#quarantine(
          runnable[0]!,
          quarantineDetails(error, 1, runnable[0]!),
          this.#refusedKeys,
        );
        return;
      }
      for (const part of bisect(runnable, error)) {
        await this.#isolateFailures(part);
      }
    }
  }
}
