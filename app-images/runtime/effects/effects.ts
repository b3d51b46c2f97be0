import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { EFFECTS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { type CloudEvent, eventDay, traceparentOf } from '../events/cloud-event.ts';
import { runStatement, statementsOf, type Transaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { subjectOfEvent } from '../sealing/event-subjects.ts';
import { redact, textsIn } from '../sealing/redact.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { describeFailure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logging.ts';
import { storable } from '../database/storable.ts';

/** A side effect that is due. */
export interface EffectRequest<Payload = unknown> {
  /** What the handler requested. */
  readonly payload: Payload;
  /**
   * Unique to this effect, and the same for each of its tries. The other side recognizes a repetition by it. Without
   * it, an effect whose answer is lost is performed twice.
   */
  readonly idempotencyKey: string;
  /** Increases with every try. A receiver may refuse a token lower than one it has seen. */
  readonly fencingToken: number;
  /** Aborts shortly before the lease expires. */
  readonly signal: AbortSignal;
  /** W3C trace context of the event. */
  readonly traceparent: string | undefined;
}

/** A side effect, such as a mail or an HTTP call. */
export interface SideEffect {
  /** Name of the effect within the consumer. */
  readonly kind: string;
  /** Performs the effect. Throws when it failed, or its result is unknown. */
  readonly perform: (request: EffectRequest<never>) => Promise<void>;
}

/** Declares a side effect. Handlers request it with `tx.schedule`. */
export function sideEffect<Payload>(
  kind: string,
  perform: (request: EffectRequest<Payload>) => Promise<void>,
): SideEffect & { readonly payload?: Payload } {
  return { kind, perform };
}

/** A side effect that a handler asks for. */
export interface ScheduledEffect<Payload> {
  /** The event that has the effect: one of each kind. */
  readonly event: CloudEvent;
  readonly payload: Payload;
  /**
   * Person whose personal data are in the payload: it is encrypted with their key until it is performed, and given up
   * when they are erased.
   * @default - whom the personal data in the event are about
   */
  readonly subject?: string;
}

/** Schedules side effects. */
export interface EffectScheduling {
  /**
   * Schedules effects in the transaction of their events: they are performed after the commit, at least
   * once, and never when the transaction is rolled back. An event has one effect of a kind.
   */
  schedule<Payload>(
    effect: SideEffect & { readonly payload?: Payload },
    requests: readonly ScheduledEffect<Payload>[],
  ): Promise<void>;
}

/*
 * An event that was noted by a version of the platform which did not note its day is known without it.
 * Rows are in the order of their events: the planner may join them in any other.
 */
const SCHEDULE = `INSERT INTO ${EFFECTS_TABLE} (consumer, kind, source, event_id, event_day, payload, traceparent)
SELECT $1, $2, source, event_id, event_day, payload, traceparent
FROM unnest($3::text[], $4::text[], $5::date[], $6::jsonb[], $7::text[]) WITH ORDINALITY
  AS requested (source, event_id, event_day, payload, traceparent, ordinality)
WHERE NOT EXISTS (SELECT FROM ${EFFECTS_TABLE} present
  WHERE present.consumer = $1 AND present.kind = $2 AND present.source = requested.source
    AND present.event_id = requested.event_id AND present.event_day IS NULL)
ORDER BY ordinality
ON CONFLICT DO NOTHING`;

/** Scheduling of side effects in a transaction of a consumer. */
export function effectScheduling(
  tx: Transaction,
  consumer: string,
  sealing: Sealing,
): EffectScheduling {
  return {
    schedule: async ({ kind }, requests) => {
      const payloads = await sealing.sealPayloads(
        tx,
        requests.map(({ event, payload, subject = subjectOfEvent(event) }) => ({
          payload,
          subject,
        })),
      );
      await tx.query(SCHEDULE, [
        consumer,
        kind,
        requests.map(({ event }) => event.source),
        requests.map(({ event }) => event.id),
        requests.map(({ event }) => eventDay(event)),
        payloads.map((payload) => JSON.stringify(payload)),
        requests.map(({ event }) => traceparentOf(event) ?? null),
      ]);
    },
  };
}

/**
 * The key of an effect: the same for every try of it, and for no other.
 *
 * @param identity consumer, kind, and source and id of the event.
 * @param day of the event's own time; null where that was not noted.
 */
export function idempotencyKey(
  identity: readonly [consumer: string, kind: string, source: string, eventId: string],
  day: string | null,
): string {
  const parts = [...identity, ...(day === null ? [] : [day])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Duration of the lease of an effect, in seconds. */
const LEASE = 30;
/** Effects that run at the same time, in total and of one kind. */
const CONCURRENCY = 8;
const CONCURRENCY_PER_KIND = 6;
/** Longest time that a round waits for the effects it started, in milliseconds. */
const ROUND_TIMEOUT = 1_000;
/** Tries before an effect fails for good. With delays that double up to an hour, they take about a day. */
const MAX_TRIES = 30;

/*
 * The wait before the next try is set when the effect is leased, so that a worker which dies counts as
 * a try that failed: the lease, then 1 s, 2 s, 4 s … up to an hour.
 */
const LEASE_DUE = `UPDATE ${EFFECTS_TABLE} SET token = token + 1,
  due_at = now() + make_interval(secs => ${LEASE} + least(3600, 2 ^ least(token, 12)))
WHERE id IN (
  SELECT id FROM ${EFFECTS_TABLE}
  WHERE consumer = $1 AND status = 'pending' AND due_at <= now() AND kind <> ALL ($3::text[])
  ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
) RETURNING id, kind, source, event_id, event_day::text, payload, token::int, traceparent`;

interface Leased {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly event_id: string;
  /** Null of an effect that an earlier version of the platform noted. */
  readonly event_day: string | null;
  readonly payload: unknown;
  readonly token: number;
  readonly traceparent: string | null;
}

/** Performs the side effects that a consumer's handlers have scheduled. Several workers can run in parallel. */
export class EffectWorker {
  /** Effects that are running, with their kind. */
  readonly #inFlight = new Map<Promise<void>, string>();

  public constructor(
    private readonly consumer: string,
    private readonly effects: ReadonlyMap<string, SideEffect>,
    private readonly pool: pg.Pool,
    private readonly log: Logger,
    private readonly sealing: Sealing,
  ) {}

  /**
   * Performs some of the effects that are due. Waits for them, but not for slow ones, which only occupy their own
   * slots. Returns how many were started.
   */
  public async round(): Promise<number> {
    const places = CONCURRENCY - this.#inFlight.size;
    if (places === 0) {
      await Promise.race(this.#inFlight.keys());
      return 0;
    }
    const { rows } = await runStatement<Leased & pg.QueryResultRow>(this.pool, LEASE_DUE, [
      this.consumer,
      Math.min(places, CONCURRENCY_PER_KIND),
      this.#fullKinds(),
    ]);
    const own = rows.map((leased) => this.#track(leased.kind, this.#perform(leased)));
    await Promise.race([Promise.all(own), sleep(ROUND_TIMEOUT, undefined, { ref: false })]);
    return rows.length;
  }

  /** Waits for the effects that are running. */
  public async settle(): Promise<void> {
    await Promise.allSettled(this.#inFlight.keys());
  }

  /** Kinds at their limit of concurrency. */
  #fullKinds(): string[] {
    const kinds = [...this.#inFlight.values()];
    const full = (kind: string) =>
      kinds.filter((each) => each === kind).length >= CONCURRENCY_PER_KIND;
    return [...new Set(kinds)].filter(full);
  }

  #track(kind: string, performing: Promise<void>): Promise<void> {
    const tracked = performing
      .catch((error: unknown) => {
        // Its lease expires, and it is performed again.
        this.log.warn({ reason: describeFailure(error) }, 'result of an effect not recorded');
      })
      .finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.set(tracked, kind);
    return tracked;
  }

  async #perform(leased: Leased): Promise<void> {
    const { id, kind, event_id: eventId, token } = leased;
    const log = { kind, id: eventId, token };
    let failure: string | undefined;
    let final = false;
    let payload: unknown;
    let opened = false;
    try {
      payload = await this.sealing.openPayload(statementsOf(this.pool), leased.payload);
      opened = true;
      await this.#run(leased, payload);
    } catch (error) {
      const isPersonal = payload !== leased.payload;
      failure = redact(describeFailure(error), isPersonal ? textsIn(payload) : []);
      final = !opened && error instanceof InvalidEventError;
      this.log.warn({ ...log, reason: failure }, 'effect failed');
    }
    const again = failure !== undefined && !final && token < MAX_TRIES;
    await this.#record(id, token, again ? 'pending' : failure ? 'failed' : 'done', failure, log);
  }

  /** Performs an effect, or gives up shortly before its lease expires, so that no other worker runs it at the same time. */
  async #run(leased: Leased, payload: unknown): Promise<void> {
    const { kind, source, event_id: eventId, event_day: day, token } = leased;
    const known = this.effects.get(kind);
    if (known === undefined) {
      throw new Error(`this image has no side effect '${kind}'`);
    }
    const signal = AbortSignal.timeout((LEASE - 5) * 1000);
    const performing = known.perform({
      payload: payload as never,
      idempotencyKey: idempotencyKey([this.consumer, kind, source, eventId], day),
      fencingToken: token,
      signal,
      traceparent: leased.traceparent ?? undefined,
    });
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error(`not performed within ${LEASE - 5} s`));
      });
    });
    // Whichever comes later is not waited for.
    late.catch(() => undefined);
    performing.catch(() => undefined);
    await Promise.race([performing, late]);
  }

  /** Records the result of an effect, unless another worker has leased it since. */
  async #record(
    id: string,
    token: number,
    status: 'done' | 'pending' | 'failed',
    error: string | undefined,
    log: object,
  ): Promise<void> {
    const { rowCount } = await runStatement(
      this.pool,
      `UPDATE ${EFFECTS_TABLE} SET status = $3, error = $4,
         due_at = CASE WHEN $3 = 'pending' THEN due_at - make_interval(secs => ${LEASE}) ELSE due_at END,
         finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
       WHERE id = $1 AND token = $2 AND status = 'pending'`,
      [id, token, status, error === undefined ? null : storable(error)],
    );
    if (rowCount === 0) {
      this.log.warn(log, 'effect leased by another worker in the meantime');
    }
  }
}
