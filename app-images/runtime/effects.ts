import { createHash } from 'node:crypto';
import type pg from 'pg';
import { EFFECTS_TABLE } from '../../constructs/contracts/index.ts';
import { type CloudEvent, traceparentOf } from './cloud-event.ts';
import type { Transaction } from './database.ts';
import { describeFailure } from './failure.ts';
import type { Logger } from './logging.ts';

/** An effect that is to be performed now. */
export interface Intent<Payload = unknown> {
  /** What the handler intended. */
  readonly payload: Payload;
  /**
   * The same for every try of this effect, and for no other: give it to the other side, which can
   * then tell a repetition. Without that, an effect whose answer was lost is performed twice.
   */
  readonly idempotencyKey: string;
  /** Grows with every try: what has seen a higher one may refuse this. */
  readonly fencingToken: number;
  /** Aborts when the lease is about to run out. */
  readonly signal: AbortSignal;
  /** W3C trace context of the event. */
  readonly traceparent: string | undefined;
}

/** An effect outside the database, such as a mail or an HTTP call. */
export interface OutsideEffect {
  /** Name of the effect within the consumer. */
  readonly kind: string;
  /** Performs it; throws when it has not been, or when that is not known. */
  readonly perform: (intent: Intent<never>) => Promise<void>;
}

/** Declares an effect outside the database. Handlers note with `tx.intend` that it is to be performed. */
export function effect<Payload>(
  kind: string,
  perform: (intent: Intent<Payload>) => Promise<void>,
): OutsideEffect & { readonly payload?: Payload } {
  return { kind, perform };
}

/** A delivery's transaction, which also notes effects outside the database. */
export interface EventTransaction extends Transaction {
  /**
   * Notes effects in the transaction of their events: they are performed after the commit, at least
   * once, and never when the transaction is rolled back. An event has one effect of a kind.
   */
  intend<Payload>(
    effect: OutsideEffect & { readonly payload?: Payload },
    intents: readonly { readonly event: CloudEvent; readonly payload: Payload }[],
  ): Promise<void>;
}

/** Adds effects to the transaction of a consumer. */
export function withEffects(tx: Transaction, consumer: string): EventTransaction {
  return {
    query: (statement, values) => tx.query(statement, values),
    intend: async ({ kind }, intents) => {
      await tx.query(
        `INSERT INTO ${EFFECTS_TABLE} (consumer, kind, source, event_id, payload, traceparent)
         SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::jsonb[], $6::text[])
         ON CONFLICT DO NOTHING`,
        [
          consumer,
          kind,
          intents.map(({ event }) => event.source),
          intents.map(({ event }) => event.id),
          intents.map(({ payload }) => JSON.stringify(payload)),
          intents.map(({ event }) => traceparentOf(event) ?? null),
        ],
      );
    },
  };
}

/** Time for which an effect is one worker's, in seconds. */
const LEASE = 30;
/** Effects that a worker performs at the same time. */
const CONCURRENCY = 8;
/** Tries before an effect is given up; with waits that double up to an hour, they take about a day. */
const MAX_TRIES = 30;

/*
 * The wait before the next try is set when the effect is leased, so that a worker which dies counts as
 * a try that failed: the lease, then 1 s, 2 s, 4 s … up to an hour.
 */
const LEASE_DUE = `UPDATE ${EFFECTS_TABLE} SET token = token + 1,
  due_at = now() + make_interval(secs => ${LEASE} + least(3600, 2 ^ least(token, 12)))
WHERE id IN (
  SELECT id FROM ${EFFECTS_TABLE}
  WHERE consumer = $1 AND status = 'pending' AND due_at <= now()
  ORDER BY due_at LIMIT ${CONCURRENCY} FOR UPDATE SKIP LOCKED
) RETURNING id, kind, source, event_id, payload, token::int, traceparent`;

interface Leased {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly event_id: string;
  readonly payload: unknown;
  readonly token: number;
  readonly traceparent: string | null;
}

/** Performs what a consumer's handlers have intended. Any number of them may work side by side. */
export class EffectWorker {
  public constructor(
    private readonly consumer: string,
    private readonly effects: ReadonlyMap<string, OutsideEffect>,
    private readonly pool: pg.Pool,
    private readonly log: Logger,
  ) {}

  /** Performs effects that are due, a few at a time. Returns how many were tried. */
  public async round(): Promise<number> {
    const { rows } = await this.pool.query<Leased>(LEASE_DUE, [this.consumer]);
    await Promise.all(rows.map((leased) => this.#perform(leased)));
    return rows.length;
  }

  async #perform(leased: Leased): Promise<void> {
    const { id, kind, source, event_id: eventId, token } = leased;
    const log = { kind, id: eventId, token };
    try {
      const known = this.effects.get(kind);
      if (known === undefined) {
        throw new Error(`this image knows no effect '${kind}'`);
      }
      await known.perform({
        payload: leased.payload as never,
        idempotencyKey: createHash('sha256')
          .update(JSON.stringify([this.consumer, kind, source, eventId]))
          .digest('hex'),
        fencingToken: token,
        // Ends before the lease does, so that the next worker does not start beside this one.
        signal: AbortSignal.timeout((LEASE - 5) * 1000),
        traceparent: leased.traceparent ?? undefined,
      });
      await this.#note(id, token, 'done', undefined, log);
    } catch (error) {
      const reason = describeFailure(error);
      this.log.warn({ ...log, reason }, 'effect failed');
      await this.#note(id, token, token < MAX_TRIES ? 'pending' : 'failed', reason, log);
    }
  }

  /** Notes what became of an effect, unless a later lease has been given. */
  async #note(
    id: string,
    token: number,
    status: 'done' | 'pending' | 'failed',
    error: string | undefined,
    log: object,
  ): Promise<void> {
    const { rowCount } = await this.pool.query(
      `UPDATE ${EFFECTS_TABLE} SET status = $3, error = $4,
         due_at = CASE WHEN $3 = 'pending' THEN due_at - make_interval(secs => ${LEASE}) ELSE due_at END,
         finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
       WHERE id = $1 AND token = $2 AND status = 'pending'`,
      [id, token, status, error?.slice(0, 1000) ?? null],
    );
    if (rowCount === 0) {
      this.log.warn(log, 'effect was leased to another worker meanwhile');
    }
  }
}
