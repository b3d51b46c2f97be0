import type { Handler } from './consumer.ts';
import type { Transaction } from '../database/database.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { eventTransaction } from './event-transaction.ts';
import {
  classifyFailure,
  describeFailure,
  HandlerError,
  InboxRefusalError,
} from '../errors/failure.ts';
import {
  type RetainedDays,
  processedBefore,
  claim,
  type ClaimResult,
  type InboxScope,
} from './inbox.ts';
import { quarantine, type QuarantineEntry } from '../quarantine/quarantine.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { redact } from '../sealing/redact.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';

/** Outcome of an event. Each is final: the event is not delivered again. */
export type Outcome = 'processed' | 'duplicate' | 'quarantined' | 'parked';

/** Why an event cannot be processed, for its row in the quarantine. */
export type QuarantineDetails = Omit<QuarantineEntry, 'item'>;

/** Options of {@link BatchTransaction}. */
export interface BatchTransactionOptions {
  readonly scope: InboxScope;
  readonly topic: string;
  readonly handler: Pick<Handler, 'handle'>;
  readonly publisher: EventPublisher;
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

  public constructor(
    private readonly tx: Transaction,
    private readonly options: BatchTransactionOptions,
  ) {}

  /**
   * Claims events, runs the handler for the new ones, and quarantines those that cannot be processed, with later events
   * of their keys.
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
    const { fresh, blockedKeys } = await this.#claim(received.filter(claimable));
    blockedKeys.forEach((key) => this.#blockedKeys.add(key));

    const runnable: ReceivedEvent[] = [];
    const duplicates = new Set<ReceivedEvent>();
    for (const item of received) {
      const details = item.problem ?? knownFailures.get(item);
      if (item.event !== undefined && !retained(item)) {
        this.#quarantined.set(item, OUTSIDE_RETENTION);
      } else if (claimable(item) && !fresh.has(deduplicationKey(item))) {
        duplicates.add(item);
      } else if (hasKeyIn(item, this.#blockedKeys)) {
        this.#quarantined.set(item, PARKED);
      } else if (details !== undefined) {
        this.#quarantine(item, details, this.#blockedKeys);
      } else {
        runnable.push(item);
      }
    }
    if (isolateFailures) {
      await this.#isolateFailures(runnable);
    } else if (runnable.length > 0) {
      await this.#handle(runnable);
    }
    const entries = received.flatMap((item) => {
      const details = this.#quarantined.get(item);
      return details === undefined ? [] : [{ item, ...details }];
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

  async #claim(received: readonly ReceivedEvent[]): Promise<ClaimResult> {
    const { scope, topic } = this.options;
    try {
      return await onPlatformTables(() => claim(this.tx, scope, topic, received));
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
    const { handler, scope, publisher } = this.options;
    const events = received.map(({ event }) => event!);
    await onPlatformTables(() => publisher.sealing.checkNotErased(this.tx, received));
    const before = await onPlatformTables(() => processedBefore(this.tx, scope, received));
    const replayed = new Set(
      received.filter((item) => before.has(deduplicationKey(item))).map(({ event }) => event!),
    );
    const { consumer } = scope;
    await handler.handle(eventTransaction(this.tx, { consumer, publisher, replayed }), events);
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
