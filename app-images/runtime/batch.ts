import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Arrival, arrivalName } from './arrival.ts';
import { Attempt, divide, type Outcome, type Verdict, verdictOf } from './attempt.ts';
import { traceId } from './cloud-event.ts';
import type { Handler } from './consumer.ts';
import { inTransaction } from './database.ts';
import { classifyFailure, describeFailure } from './failure.ts';
import type { InboxKeeper, Taker } from './inbox.ts';
import type { Logger } from './logging.ts';
import type { TracedEvent } from './trace-delivery.ts';
import { wallClock } from './tracing.ts';

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
  readonly #outcomes = new Map<string, Outcome>();
  readonly #verdicts = new Map<Arrival, Verdict>();
  readonly #commits: { from: number; to: number; arrivals: readonly Arrival[] }[] = [];

  public constructor(
    private readonly options: BatchOptions,
    private readonly arrivals: readonly Arrival[],
  ) {}

  /** What became of each event so far; undefined where it has to come again. */
  public get outcomes(): readonly (Outcome | undefined)[] {
    const seen = new Set<string>();
    return this.arrivals.map((arrival) => {
      const name = arrivalName(arrival);
      const outcome = this.#outcomes.get(name);
      const copy = seen.has(name);
      seen.add(name);
      return copy && outcome !== undefined ? 'duplicate' : outcome;
    });
  }

  /** The events with the transactions that committed them, for traces. */
  public get traced(): readonly TracedEvent[] {
    const commits = new Map(
      this.#commits.flatMap(({ arrivals, ...commit }) =>
        arrivals.map((arrival) => [arrivalName(arrival), commit] as const),
      ),
    );
    return this.arrivals.map((arrival) => ({
      event: arrival.event,
      commit: commits.get(arrivalName(arrival)),
    }));
  }

  /**
   * Processes the events in one transaction. One that fails is found by halving, tried again, and put
   * into the quarantine; the others go on. Events of one key keep their order throughout.
   *
   * @param hangUp aborts when nobody waits for the answer any more.
   * @throws what kept the rest of the events from being processed: it may be gone when they come again.
   */
  public async process(hangUp: AbortSignal): Promise<void> {
    const firsts = new Map<string, Arrival>();
    for (const arrival of this.arrivals) {
      const name = arrivalName(arrival);
      firsts.set(name, firsts.get(name) ?? arrival);
    }
    await this.#settle([...firsts.values()], hangUp);
  }

  /** Brings events to their outcome. */
  async #settle(arrivals: readonly Arrival[], hangUp: AbortSignal): Promise<void> {
    const { inbox, log } = this.options;
    let careful = false;
    let conflicts = 0;
    let tries = 0;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#attempt(arrivals, careful);
        return;
      } catch (error) {
        hangUp.throwIfAborted();
        const failure = classifyFailure(error);
        const reason = describeFailure(error);
        if (failure === 'unavailable') {
          log.warn({ events: arrivals.length, attempt, reason }, 'delivery held');
          await pause(Math.min(LONGEST_WAIT, 100 * 2 ** Math.min(attempt, 10)), hangUp);
        } else if (failure === 'conflict') {
          inbox.forget();
          if (++conflicts > MAX_CONFLICTS) {
            throw error;
          }
          await pause(Math.random() * 20 * conflicts, hangUp);
        } else if (failure === 'invalid' && !careful && arrivals.length > 1) {
          careful = true;
        } else if (arrivals.length > 1) {
          for (const part of divide(arrivals, error)) {
            await this.#settle(part, hangUp);
          }
          return;
        } else if (failure === 'failed' && ++tries < MAX_TRIES) {
          await pause(FIRST_WAIT * 4 ** (tries - 1), hangUp);
        } else {
          const [arrival] = arrivals as readonly [Arrival];
          if (this.#verdicts.has(arrival)) {
            // Not even the quarantine can take it.
            throw error;
          }
          this.#verdicts.set(arrival, verdictOf(error, Math.max(1, tries)));
        }
      }
    }
  }

  async #attempt(arrivals: readonly Arrival[], careful: boolean): Promise<void> {
    const { taker, topic, handler, pool, inbox, log, deadline } = this.options;
    const options = {
      ...{ taker, topic, handler, careful },
      days: await inbox.days(),
      verdicts: this.#verdicts,
    };
    let attempt!: Attempt;
    const from = wallClock();
    const outcomes = await inTransaction(
      pool,
      (tx) => {
        attempt = new Attempt(tx, options);
        return attempt.run(arrivals);
      },
      deadline,
    );
    this.#commits.push({ from, to: wallClock(), arrivals });
    for (const { arrival, reason, cause } of attempt.failures) {
      const { event, id } = arrival;
      const trace = event === undefined ? undefined : traceId(event);
      log.error({ type: event?.type, id, trace, reason, cause }, 'quarantined');
    }
    arrivals.forEach((arrival, index) => {
      this.#outcomes.set(arrivalName(arrival), outcomes[index]!);
    });
  }
}

/** Waits, unless nobody waits for the answer. */
async function pause(milliseconds: number, hangUp: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: hangUp });
}
