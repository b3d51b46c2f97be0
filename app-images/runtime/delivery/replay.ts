import type pg from 'pg';
import type { Delivery } from '@cdk8s-event-platform/contracts';
import { IS_REPLAYABLE, QUARANTINE_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { DEFAULT_DELIVERY } from '@cdk8s-event-platform/contracts/internal';
import type { Outcome } from './batch-transaction.ts';
import { inTransaction, runStatement, type Transaction } from '../database/database.ts';
import { type EventRoute, type EventRoutes, findRoute } from './event-routes.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { classifyFailure, describeFailure, HandlerError } from '../errors/failure.ts';
import { handleAfterwards } from './handle-afterwards.ts';
import { type RetainedDays, type InboxPartitions, claim, type InboxScope } from './inbox.ts';
import { type HandlerContext, runHandler } from './run-handler.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { jsonPart } from '../events/json.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import type { QuarantineReason } from '../quarantine/quarantine.ts';
import { isReceived, parseEvent, type ReceivedEvent } from '../events/received-event.ts';
import { redact, redactedError } from '../sealing/redact.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { openEvents } from './open-events.ts';
import { storable } from '../database/storable.ts';
import { traceDelivery } from './trace-delivery.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { wallClock } from '../telemetry/wall-clock.ts';

/*
 * Events to replay, and parked events that are the first of their key: no earlier one blocks them. Rows that another
 * process has locked are skipped.
 */
const NEXT = `SELECT id, topic, event_type, source, event_id, reason, taken, epoch, event FROM ${QUARANTINE_TABLE} q
WHERE consumer = $1 AND id <> ALL ($2::bigint[]) AND ${IS_REPLAYABLE}
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** Delay before a row is retried after a conflict or an outage, in milliseconds. */
const RETRY_WAIT = 2_000;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly event_type: string | null;
  readonly source: string;
  readonly event_id: string;
  readonly reason: string;
  /** Whether the inbox had it in the epoch in which it failed. */
  readonly taken: boolean;
  readonly epoch: number | null;
  readonly event: Buffer;
}

/** Route of events of a type that the image no longer handles. */
function unhandled(type: string): EventRoute {
  return {
    type,
    ...{ topic: '', contracts: [], contractOf: () => undefined },
    read: ({ data }) => ({
      data,
      key: undefined,
      causes: [`this image has no handler for ${type}`],
    }),
    deliveryOf: () => DEFAULT_DELIVERY,
    handler: { handle: () => Promise.reject(new Error(`no handler for ${type}`)) },
  };
}

/** Options of {@link Replayer}. */
export interface ReplayerOptions {
  readonly scope: InboxScope;
  readonly routes: EventRoutes;
  readonly publisher: EventPublisher;
  /** Decrypts and fetches the data of events. */
  readonly sealing: Sealing;
  readonly pool: pg.Pool;
  readonly inbox: InboxPartitions;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** @default - no tracing */
  readonly tracing?: Tracing | undefined;
  /** Milliseconds on the clock that retries are measured with. @default - that of `performance` */
  readonly clock?: (() => number) | undefined;
}

/**
 * Processes events of the quarantine again, in the order of their key, each in one transaction with
 * its removal: it has its effect once, and stays where it is when it fails again.
 */
export class Replayer {
  /** Rows to retry later, with the time. */
  readonly #later = new Map<string, number>();

  readonly #clock: () => number;

  public constructor(private readonly options: ReplayerOptions) {
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** Processes the next event that is due. Returns 1, or 0 when none is due. */
  public async round(): Promise<number> {
    const { scope, pool, inbox, log, metrics } = this.options;
    const days = await inbox.retainedDays();
    const from = wallClock();
    let row: Row | undefined;
    let event: ReceivedEvent | undefined;
    let outcome: Outcome = 'processed';
    let afterwards: ReceivedEvent[] = [];
    try {
      await inTransaction(pool, async (tx) => {
        const found = await tx.query<Row>(NEXT, [scope.consumer, this.#waiting()]);
        row = found.rows[0];
        if (row !== undefined) {
          event = await this.#read(tx, row);
          outcome = await this.#claim(tx, row, event, days);
          const fresh = outcome === 'processed' ? [event] : [];
          afterwards = fresh.filter((each) => this.#deliveryOf(row!, each) === 'at-most-once');
          if (fresh.length > afterwards.length) {
            await runHandler(tx, this.#context(row, event), fresh);
          }
          await tx.query(`DELETE FROM ${QUARANTINE_TABLE} WHERE id = $1`, [row.id]);
        }
      });
    } catch (error) {
      const failure = classifyFailure(error);
      if (row !== undefined && failure !== 'invalid' && failure !== 'failed') {
        // Later rows go first.
        this.#later.set(row.id, this.#clock() + RETRY_WAIT);
      }
      if (row === undefined || failure === 'unavailable') {
        throw error;
      }
      this.#trace(row, event, from, undefined, redactedError(error, event?.personal));
      if (failure === 'conflict') {
        const reason = redact(describeFailure(error), event?.personal);
        log.warn({ id: row.event_id, reason }, 'replay postponed');
      } else {
        await this.#hold(row, event, failure, error);
      }
      return 1;
    }
    if (row === undefined) {
      return 0;
    }
    if (afterwards.length > 0) {
      const context = this.#context(row, event!);
      const dropped = await handleAfterwards({ pool, log, ...context }, afterwards);
      outcome = dropped.size > 0 ? 'dropped' : outcome;
    }
    this.#trace(row, event, from, outcome);
    metrics.consumed(row.event_type ?? 'unknown', outcome);
    log.info({ type: row.event_type, id: row.event_id, outcome }, 'replayed');
    return 1;
  }

  /** Rows to skip now. */
  #waiting(): string[] {
    const now = this.#clock();
    for (const [id, until] of this.#later) {
      if (until <= now) {
        this.#later.delete(id);
      }
    }
    return [...this.#later.keys()];
  }

  /** Creates the spans of a replay, in the trace of the event. */
  #trace(
    row: Row,
    received: ReceivedEvent | undefined,
    arrived: number,
    outcome: Outcome | undefined,
    error?: unknown,
  ): void {
    const { tracing } = this.options;
    if (tracing === undefined || received === undefined) {
      return;
    }
    const commit = outcome === undefined ? undefined : { from: arrived, to: wallClock() };
    const events = [{ event: received.event, commit }];
    traceDelivery(tracing, { topic: row.topic, events, outcomes: [outcome], error, arrived });
  }

  /** Parses, decrypts and checks the event of a row as on delivery. */
  async #read(tx: Transaction, row: Row): Promise<ReceivedEvent> {
    const { routes, sealing } = this.options;
    const parsed = parseEvent(jsonPart(row.event));
    if (isReceived(parsed)) {
      return parsed;
    }
    const { type } = parsed.event;
    const route = findRoute(routes, type, row.topic) ?? unhandled(type);
    const [received] = await openEvents(tx, sealing, route, [parsed]);
    return received!;
  }

  #route(row: Row, { event }: ReceivedEvent): EventRoute {
    return findRoute(this.options.routes, event!.type, row.topic)!;
  }

  #deliveryOf(row: Row, received: ReceivedEvent): Delivery {
    return this.#route(row, received).deliveryOf(received.event!);
  }

  #context(row: Row, received: ReceivedEvent): HandlerContext {
    const { scope, publisher } = this.options;
    return { scope, publisher, handler: this.#route(row, received).handler };
  }

  /** Notes an event in the inbox, unless it is there, or the event's delivery needs no inbox. */
  async #claim(
    tx: Transaction,
    row: Row,
    received: ReceivedEvent,
    days: RetainedDays,
  ): Promise<Outcome> {
    const { scope } = this.options;
    const { event, problem, day } = received;
    if (event === undefined || problem !== undefined) {
      throw new InvalidEventError(problem!.cause);
    }
    // Rows of earlier versions of the platform have no epoch.
    const taken = row.taken && (row.epoch === null || row.epoch === scope.epoch);
    const remembered = this.#deliveryOf(row, received) !== 'at-least-once';
    if (!taken && remembered && day! >= days.oldest && day! <= days.newest) {
      const { fresh } = await claim(tx, scope, { topic: row.topic, keys: new Set() }, [received]);
      if (fresh.size === 0) {
        return 'duplicate';
      }
    }
    return 'processed';
  }

  async #hold(
    row: Row,
    event: ReceivedEvent | undefined,
    failure: 'invalid' | 'failed',
    error: unknown,
  ): Promise<void> {
    const { pool, log } = this.options;
    const origin = error instanceof HandlerError ? error.cause : error;
    const cause = redact(describeFailure(error), event?.personal);
    let reason: QuarantineReason = failure === 'invalid' ? 'data' : 'handler';
    if (origin instanceof InvalidEventError) {
      reason = row.reason === 'malformed' ? 'malformed' : 'contract';
    }
    await runStatement(
      pool,
      `UPDATE ${QUARANTINE_TABLE} SET status = 'held', reason = $2, cause = $3, stack = $4,
         attempts = attempts + 1, replays = replays + (status = 'replaying')::int, changed_at = now()
       WHERE id = $1 AND status <> 'discarded'`,
      [
        row.id,
        reason,
        storable(cause),
        origin instanceof Error ? storable(redact(origin.stack ?? '', event?.personal)) : null,
      ],
    );
    log.error({ type: row.event_type, id: row.event_id, reason: cause }, 'replay failed');
  }
}
