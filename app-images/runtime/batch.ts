import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Arrival, arrivalName } from './arrival.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Handler } from './consumer.ts';
import { inTransaction, type Transaction } from './database.ts';
import { withEffects } from './effects.ts';
import { classifyFailure, describeFailure, HandlerError } from './failure.ts';
import { type InboxDays, type InboxKeeper, take, type Taker } from './inbox.ts';
import type { Logger } from './logging.ts';
import { quarantine, type Quarantined } from './quarantine.ts';

/** What became of an event. All but a missing one are final: the event need not come again. */
export type Outcome = 'processed' | 'duplicate' | 'quarantined' | 'parked';

/** The last wait between tries while the database is unavailable, in milliseconds. */
const LONGEST_WAIT = 2_000;
const MAX_CONFLICTS = 8;
/** Tries of an event that its handler fails at. */
const MAX_TRIES = 3;
/** Wait before the second of these tries, in milliseconds; the next are four times as long each. */
const FIRST_WAIT = 100;

/** What a batch is processed with. */
export interface BatchOptions {
  readonly taker: Taker;
  readonly topic: string;
  readonly handler: Pick<Handler, 'handle'>;
  readonly pool: pg.Pool;
  readonly inbox: InboxKeeper;
  readonly log: Logger;
  /** Longest time that a transaction may take, in milliseconds. @default 30000 */
  readonly deadline?: number | undefined;
}

/** The events of one delivery, all of one topic, in their order. */
export class Batch {
  readonly #outcomes: (Outcome | undefined)[];

  public constructor(
    private readonly options: BatchOptions,
    private readonly arrivals: readonly Arrival[],
  ) {
    this.#outcomes = arrivals.map(() => undefined);
  }

  /** What became of each event so far; undefined where it has to come again. */
  public get outcomes(): readonly (Outcome | undefined)[] {
    return this.#outcomes;
  }

  /**
   * Processes the events in one transaction. One that fails is found by halving, tried again, and put
   * into the quarantine; the others go on. Events of one key keep their order throughout.
   *
   * @param hangUp aborts when nobody waits for the answer any more.
   * @throws what kept the rest of the events from being processed: it may be gone when they come again.
   */
  public async process(hangUp: AbortSignal): Promise<void> {
    const firsts = new Map<string, number>();
    const copies: [copy: number, first: number][] = [];
    this.arrivals.forEach((arrival, position) => {
      const name = arrivalName(arrival);
      const first = firsts.get(name);
      if (first === undefined) {
        firsts.set(name, position);
      } else {
        copies.push([position, first]);
      }
    });
    try {
      await this.#settle([...firsts.values()], hangUp);
    } finally {
      for (const [copy, first] of copies) {
        this.#outcomes[copy] = this.#outcomes[first] === undefined ? undefined : 'duplicate';
      }
    }
  }

  /** Brings the events at some positions to their outcome. */
  async #settle(positions: readonly number[], hangUp: AbortSignal): Promise<void> {
    let conflicts = 0;
    let tries = 0;
    for (let attempt = 0; ; attempt++) {
      try {
        const days = await this.options.inbox.days();
        const outcomes = await inTransaction(
          this.options.pool,
          (tx) => this.#attempt(tx, positions, days),
          this.options.deadline,
        );
        outcomes.forEach((outcome, index) => (this.#outcomes[positions[index]!] = outcome));
        return;
      } catch (error) {
        hangUp.throwIfAborted();
        const failure = classifyFailure(error);
        if (failure === 'unavailable') {
          const reason = describeFailure(error);
          this.options.log.warn({ events: positions.length, attempt, reason }, 'delivery held');
          await pause(Math.min(LONGEST_WAIT, 100 * 2 ** Math.min(attempt, 10)), hangUp);
        } else if (failure === 'conflict') {
          this.options.inbox.forget();
          if (++conflicts > MAX_CONFLICTS) {
            throw error;
          }
          await pause(Math.random() * 20 * conflicts, hangUp);
        } else if (positions.length > 1) {
          for (const part of this.#divide(positions, error)) {
            await this.#settle(part, hangUp);
          }
          return;
        } else if (failure === 'failed' && ++tries < MAX_TRIES) {
          await pause(FIRST_WAIT * 4 ** (tries - 1), hangUp);
        } else {
          await this.#quarantineOne(positions[0]!, error, failure === 'invalid', tries);
          return;
        }
      }
    }
  }

  /** Around the event that failed when it is known, else into halves. */
  #divide(positions: readonly number[], error: unknown): (readonly number[])[] {
    const culprit = error instanceof HandlerError ? error.event : undefined;
    const at = positions.findIndex(
      (position) => culprit !== undefined && this.arrivals[position]!.event === culprit,
    );
    const parts =
      at >= 0
        ? [positions.slice(0, at), positions.slice(at, at + 1), positions.slice(at + 1)]
        : [positions.slice(0, positions.length >> 1), positions.slice(positions.length >> 1)];
    return parts.filter((part) => part.length > 0);
  }

  /** One try: takes the events, runs the handler, quarantines what cannot be processed. */
  async #attempt(
    tx: Transaction,
    positions: readonly number[],
    { oldest, newest }: InboxDays,
  ): Promise<Outcome[]> {
    const { options } = this;
    const arrivals = positions.map((position) => this.arrivals[position]!);
    const remembered = ({ day }: Arrival) => day !== undefined && day >= oldest && day <= newest;
    const timely = arrivals.filter(remembered);
    const { fresh, blockedKeys } = await take(tx, options.taker, options.topic, timely);

    const blocked = new Set(blockedKeys);
    const runnable: CloudEvent[] = [];
    const held: Quarantined[] = [];
    const outcomes = arrivals.map((arrival): Outcome => {
      const { event, key, problem } = arrival;
      if (event === undefined) {
        held.push({ arrival, ...problem! });
        return 'quarantined';
      }
      if (!remembered(arrival)) {
        const cause = 'time is outside of the days that the inbox remembers';
        held.push({ arrival, reason: 'time', cause });
        return 'quarantined';
      }
      if (!fresh.has(arrivalName(arrival))) {
        return 'duplicate';
      }
      if (key !== undefined && blocked.has(key)) {
        const cause = 'an earlier event of its key is in the quarantine';
        held.push({ arrival, reason: 'parked', cause });
        return 'parked';
      }
      if (problem !== undefined) {
        held.push({ arrival, ...problem });
        if (key !== undefined) {
          blocked.add(key);
        }
        return 'quarantined';
      }
      runnable.push(event);
      return 'processed';
    });
    if (runnable.length > 0) {
      await options.handler.handle(withEffects(tx, options.taker.consumer), runnable);
    }
    await quarantine(tx, options.taker.consumer, options.topic, held);
    return outcomes;
  }

  /** Notes that an event cannot be processed, as a final outcome. */
  async #quarantineOne(
    position: number,
    error: unknown,
    invalid: boolean,
    attempts: number,
  ): Promise<void> {
    const { options } = this;
    const arrival = this.arrivals[position]!;
    const failure = error instanceof HandlerError ? error.cause : error;
    const cause = describeFailure(failure);
    options.log.error({ type: arrival.event?.type, id: arrival.id, reason: cause }, 'quarantined');
    await inTransaction(options.pool, async (tx) => {
      const { fresh } = await take(tx, options.taker, options.topic, [arrival]);
      if (fresh.size > 0) {
        await quarantine(tx, options.taker.consumer, options.topic, [
          {
            arrival,
            reason: invalid ? 'data' : 'handler',
            cause,
            stack: failure instanceof Error ? failure.stack : undefined,
            attempts: Math.max(1, attempts),
          },
        ]);
      }
    });
    this.#outcomes[position] = 'quarantined';
  }
}

/** Waits, unless nobody waits for the answer. */
async function pause(milliseconds: number, hangUp: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: hangUp });
}
