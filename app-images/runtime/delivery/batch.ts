import { setTimeout as sleep } from 'node:timers/promises';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import type pg from 'pg';
import {
  BatchTransaction,
  bisect,
  type Outcome,
  type QuarantineDetails,
  quarantineDetails,
} from './batch-transaction.ts';
import { traceId } from '../events/cloud-event.ts';
import { inTransaction } from '../database/database.ts';
import { classifyFailure, describeFailure } from '../errors/failure.ts';
import type { EventRoute } from './event-routes.ts';
import { handleAfterwards } from './handle-afterwards.ts';
import type { InboxPartitions } from './inbox.ts';
import { redact } from '../sealing/redact.ts';
import type { Logger } from '../telemetry/logging.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';
import type { HandlerContext } from './run-handler.ts';
import type { TracedEvent } from './trace-delivery.ts';
import { wallClock } from '../telemetry/wall-clock.ts';

/** Delays between tries while the database is unavailable. */
const UNAVAILABLE_BACKOFF = new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 });
/** Delays between tries of a transaction that conflicts with another. */
const CONFLICT_BACKOFF = new ExponentialBackoff({ initialDelay: 10, maxDelay: 200 });
const MAX_CONFLICTS = 8;
/** Delays before further tries of an event whose handler fails, in milliseconds. */
const HANDLER_DELAYS = [100, 400] as const;

/** Options of {@link Batch}. */
export interface BatchOptions extends HandlerContext, Pick<EventRoute, 'topic' | 'deliveryOf'> {
  readonly pool: pg.Pool;
  readonly inbox: InboxPartitions;
  readonly log: Logger;
  /** Timeout of a transaction, in milliseconds. @default 30000 */
  readonly transactionTimeout?: number | undefined;
  /** Longest pause before a further try, in milliseconds. @default - as long as it takes */
  readonly longestPause?: number | undefined;
}

/** The events of one delivery, all of one topic, in their order. */
export class Batch {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #knownFailures = new Map<ReceivedEvent, QuarantineDetails>();
  /** Keys with an event that must be delivered again. */
  readonly #postponedKeys = new Set<string>();
  /** Failure of the first of these events. */
  #failure: unknown;
  readonly #commits: { from: number; to: number; received: readonly ReceivedEvent[] }[] = [];

  public constructor(
    private readonly options: BatchOptions,
    private readonly received: readonly ReceivedEvent[],
  ) {}

  /** Outcome of each event so far; undefined where it must be delivered again. */
  public get outcomes(): readonly (Outcome | undefined)[] {
    const seen = new Set<string>();
    return this.received.map((item) => {
      const name = deduplicationKey(item);
      const outcome = this.#outcomes.get(name);
      const copy = seen.has(name);
      seen.add(name);
      return copy && outcome !== undefined ? 'duplicate' : outcome;
    });
  }

  /** The events with the transactions that committed them, for traces. */
  public get traced(): readonly TracedEvent[] {
    const commits = new Map(
      this.#commits.flatMap(({ received, ...commit }) =>
        received.map((item) => [deduplicationKey(item), commit] as const),
      ),
    );
    return this.received.map((item) => ({
      event: item.event,
      commit: commits.get(deduplicationKey(item)),
    }));
  }

  /**
   * Processes the events in one transaction. An event that fails is found by bisection, retried, and quarantined; the
   * others are processed. Events of one key keep their order.
   *
   * @param signal aborts when the sidecar has hung up.
   * @throws the reason why other events were not processed. They may succeed when they are delivered again.
   */
  public async process(signal: AbortSignal): Promise<void> {
    const firsts = new Map<string, ReceivedEvent>();
    for (const item of this.received) {
      const name = deduplicationKey(item);
      firsts.set(name, firsts.get(name) ?? item);
    }
    const events = [...firsts.values()];
    await this.#settle(
      events.filter((item) => !this.#isOneTry(item)),
      signal,
    );
    // Each is claimed right before it is handled: where the process ends, the others are delivered again.
    for (const item of events.filter((each) => this.#isOneTry(each))) {
      signal.throwIfAborted();
      await this.#settle([item], signal);
    }
    if (this.#failure !== undefined) {
      throw this.#failure as Error;
    }
  }

  #isOneTry({ event }: ReceivedEvent): boolean {
    return event !== undefined && this.options.deliveryOf(event) === 'at-most-once';
  }

  /** Processes events until each has an outcome, except those that must be delivered again, and later ones of their keys. */
  async #settle(events: readonly ReceivedEvent[], signal: AbortSignal): Promise<void> {
    const received = events.filter(({ key }) => key === undefined || !this.#postponedKeys.has(key));
    if (received.length === 0) {
      return;
    }
    const { inbox, log } = this.options;
    let isolateFailures = false;
    let conflicts = 0;
    let tries = 0;
    const unavailableDelay = delays(UNAVAILABLE_BACKOFF);
    const conflictDelay = delays(CONFLICT_BACKOFF);
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#runTransaction(received, isolateFailures);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const failure = classifyFailure(error);
        const personal = received.flatMap((item) => item.personal);
        const reason = redact(describeFailure(error), personal);
        if (failure === 'unavailable') {
          log.warn({ events: received.length, attempt, reason }, 'delivery held');
          await this.#pause(unavailableDelay(), signal);
        } else if (failure === 'conflict' && ++conflicts <= MAX_CONFLICTS) {
          inbox.forget();
          await this.#pause(conflictDelay(), signal);
        } else if (received.length > 1) {
          if (failure !== 'invalid' || isolateFailures) {
            for (const part of bisect(received, error)) {
              await this.#settle(part, signal);
            }
            return;
          }
          isolateFailures = true;
        } else if (failure === 'failed' && tries++ < HANDLER_DELAYS.length) {
          await this.#pause(HANDLER_DELAYS[tries - 1]!, signal);
        } else if (failure === 'conflict' || this.#knownFailures.has(received[0]!)) {
          // Conflicts do not end, or the quarantine refuses the event, too.
          this.#postpone(received[0]!, error);
          return;
        } else {
          this.#knownFailures.set(
            received[0]!,
            quarantineDetails(error, Math.max(1, tries), received[0]!),
          );
        }
      }
    }
  }

  /** Waits, unless the sidecar has hung up. */
  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { longestPause = Infinity } = this.options;
    await sleep(Math.min(milliseconds, longestPause), undefined, { signal });
  }

  /** Leaves an event without an outcome, and later ones of its key. */
  #postpone({ key }: ReceivedEvent, error: unknown): void {
    this.#failure ??= error;
    if (key !== undefined) {
      this.#postponedKeys.add(key);
    }
  }

  async #runTransaction(
    received: readonly ReceivedEvent[],
    isolateFailures: boolean,
  ): Promise<void> {
    const { pool, inbox, log, transactionTimeout } = this.options;
    const options = {
      ...{ ...this.options, isolateFailures },
      days: await inbox.retainedDays(),
      knownFailures: this.#knownFailures,
    };
    let transaction!: BatchTransaction;
    const from = wallClock();
    const outcomes = await inTransaction(
      pool,
      (tx) => {
        transaction = new BatchTransaction(tx, options);
        return transaction.run(received);
      },
      transactionTimeout,
    );
    this.#commits.push({ from, to: wallClock(), received });
    for (const { item, reason, cause } of transaction.failures) {
      const { event, id } = item;
      const trace = event === undefined ? undefined : traceId(event);
      log.error({ type: event?.type, id, trace, reason, cause }, 'quarantined');
    }
    const dropped = await handleAfterwards(this.options, transaction.afterwards);
    received.forEach((item, index) => {
      this.#outcomes.set(deduplicationKey(item), dropped.has(item) ? 'dropped' : outcomes[index]!);
    });
  }
}

/** Returns the delays of a backoff one after the other, in milliseconds. */
function delays(backoff: ExponentialBackoff<unknown>): () => number {
  let current: IBackoff<unknown> | undefined;
  return () => {
    current = current?.next(undefined) ?? backoff.next();
    return current.duration;
  };
}
