import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  OUTBOX_LANES,
  OUTBOX_LANES_TABLE,
  OUTBOX_TABLE,
} from '../../constructs/contracts/index.ts';
import type { Logger } from './logging.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { PublishError, type Publisher } from './publisher.ts';
import { publishTraced } from './trace-sending.ts';
import { type Tracing, wallClock } from './tracing.ts';

/** Time for which a lane is one relay's, in seconds: longer than publishing takes. */
const LEASE = 20;
/** Time after which the lease is renewed, in milliseconds. */
const RENEW_AFTER = 5_000;
/** Events of one lane that are read at once. */
const PER_LANE = 64;
/** Bytes that are published in one request: half of what sidecars accept. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Longest wait before an event that the broker refuses is tried again, in milliseconds. */
const LONGEST_WAIT = 30_000;

const MAKE_LANES = `INSERT INTO ${OUTBOX_LANES_TABLE} (producer, lane)
SELECT $1, generate_series(0, ${OUTBOX_LANES - 1}) ON CONFLICT DO NOTHING`;

const LEASE_LANES = `UPDATE ${OUTBOX_LANES_TABLE}
SET owner = $2, leased_until = now() + make_interval(secs => ${LEASE})
WHERE producer = $1 AND lane IN (
  SELECT lane FROM ${OUTBOX_LANES_TABLE}
  WHERE producer = $1 AND (owner = $2 OR leased_until < now()) FOR UPDATE SKIP LOCKED
) RETURNING lane`;

/*
 * Below the horizon: a transaction that is still under way may yet commit a row in front of one that is
 * there already. Both could be of one key.
 */
const READ = `SELECT waiting.* FROM unnest($2::smallint[]) AS own (lane), LATERAL (
  SELECT position, topic, key, event, event::json ->> 'type' AS type FROM ${OUTBOX_TABLE}
  WHERE producer = $1 AND lane = own.lane AND key <> ALL ($3::text[])
    AND xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY position LIMIT ${PER_LANE}
) waiting ORDER BY position`;

const AGE = `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS age FROM ${OUTBOX_TABLE} WHERE producer = $1`;

interface Waiting {
  readonly position: string;
  readonly topic: string;
  readonly key: string;
  readonly event: string;
  readonly type: string;
}

/** What a {@link OutboxRelay} works with. */
export interface RelayOptions {
  /** App id of the producer. */
  readonly producer: string;
  readonly pool: pg.Pool;
  readonly publisher: Pick<Publisher, 'publishMany' | 'mostAtOnce'>;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Makes spans of events that are sampled. @default - nothing is traced */
  readonly tracing?: Tracing | undefined;
}

/**
 * Publishes what is in a producer's outbox, and deletes what the broker has confirmed. Each lane is
 * leased by one relay, and no two events of a key are published in one request, so events of a key
 * reach the broker in the order in which they were committed. A relay that dies after the broker's
 * confirmation leaves events that are published again; consumers know them by their ids.
 */
export class OutboxRelay {
  readonly #owner = randomUUID();
  /** Keys whose event the broker refuses. */
  readonly #refused = new Map<string, { until: number; wait: number }>();
  #lanes: readonly number[] = [];
  #leasedAt = -Infinity;
  #made = false;

  public constructor(private readonly options: RelayOptions) {}

  /**
   * Publishes some of what waits. Returns how many events were.
   *
   * @throws PublishError when the sidecar or the broker is not there. Nothing is lost: it waits.
   */
  public async round(): Promise<number> {
    const { producer, pool, publisher } = this.options;
    await this.#lease();
    if (this.#lanes.length === 0) {
      return 0;
    }
    const now = performance.now();
    const refused = [...this.#refused].filter(([, { until }]) => until > now).map(([key]) => key);
    const since = wallClock();
    const { rows } = await pool.query<Waiting>(READ, [producer, this.#lanes, refused]);
    let published = 0;
    // Until they are read again, not even when their wait is over: later ones of these keys are here.
    const passed = new Set<string>();
    for (const wave of waves(rows, publisher.mostAtOnce)) {
      published += await this.#publish(wave, passed, since);
      await this.#lease();
    }
    return published;
  }

  /** Notes how old the oldest event that waits is. */
  public async measure(): Promise<void> {
    const { rows } = await this.options.pool.query<{ age: number }>(AGE, [this.options.producer]);
    this.options.metrics.outboxAge(rows[0]!.age);
  }

  /** Gives the lanes back, so that another relay takes them over at once. */
  public async release(): Promise<void> {
    await this.options.pool.query(
      `UPDATE ${OUTBOX_LANES_TABLE} SET owner = NULL, leased_until = '-infinity' WHERE producer = $1 AND owner = $2`,
      [this.options.producer, this.#owner],
    );
    this.#lanes = [];
  }

  async #lease(): Promise<void> {
    const now = performance.now();
    if (now - this.#leasedAt < RENEW_AFTER) {
      return;
    }
    const { producer, pool } = this.options;
    if (!this.#made) {
      await pool.query(MAKE_LANES, [producer]);
      this.#made = true;
    }
    const { rows } = await pool.query<{ lane: number }>(LEASE_LANES, [producer, this.#owner]);
    this.#lanes = rows.map(({ lane }) => lane);
    this.#leasedAt = now;
  }

  /**
   * @param passed keys of which an event has not been published; grows by those that fail.
   * @param since when the events were read.
   */
  async #publish({ topic, events }: Wave, passed: Set<string>, since: number): Promise<number> {
    const { producer, pool, publisher, metrics, log, tracing } = this.options;
    const sent = events.filter(({ key }) => !passed.has(key));
    if (sent.length === 0) {
      return 0;
    }
    const outgoing = sent.map(({ position, key, event }) => ({ entryId: position, key, event }));
    const failed =
      tracing === undefined
        ? await publisher.publishMany(topic, outgoing)
        : await publishTraced(tracing, { topic, events: outgoing, since }, (entries, traceparent) =>
            publisher.publishMany(topic, entries, traceparent),
          );
    const confirmed = sent.filter(({ position }) => !failed.has(position));
    if (confirmed.length === 0) {
      throw new PublishError(`the broker has taken none of ${sent.length} events`);
    }
    await pool.query(
      `DELETE FROM ${OUTBOX_TABLE} WHERE producer = $1 AND lane = ANY ($2) AND position = ANY ($3)`,
      [producer, this.#lanes, confirmed.map(({ position }) => position)],
    );
    for (const { type, key } of confirmed) {
      metrics.published(type);
      this.#refused.delete(key);
    }
    const refused = sent.filter(({ position }) => failed.has(position));
    for (const { key } of refused) {
      const wait = Math.min(LONGEST_WAIT, 2 * (this.#refused.get(key)?.wait ?? 250));
      this.#refused.set(key, { until: performance.now() + wait, wait });
      passed.add(key);
    }
    if (refused.length > 0) {
      const positions = refused.slice(0, 10).map(({ position }) => position);
      log.warn(
        { topic, events: refused.length, positions },
        'refused by the broker, their keys wait',
      );
    }
    return confirmed.length;
  }
}

/** Events that may be published in one request. */
interface Wave {
  readonly topic: string;
  readonly events: readonly Waiting[];
}

/**
 * Divides events into requests: each of one topic, with one event of a key, and not too large.
 *
 * @param most events in one request.
 */
export function waves(rows: readonly Waiting[], most = Infinity): Wave[] {
  const result: { topic: string; events: Waiting[]; bytes: number }[] = [];
  // The first wave that an event of a topic and key may be in: behind the one before it.
  const next = new Map<string, number>();
  for (const row of rows) {
    const name = `${row.topic}\u0000${row.key}`;
    const bytes = Buffer.byteLength(row.event);
    let index = next.get(name) ?? 0;
    while (
      index < result.length &&
      (result[index]!.topic !== row.topic ||
        result[index]!.events.length >= most ||
        result[index]!.bytes + bytes > MAX_BYTES)
    ) {
      index++;
    }
    if (index === result.length) {
      result.push({ topic: row.topic, events: [], bytes: 0 });
    }
    result[index]!.events.push(row);
    result[index]!.bytes += bytes;
    next.set(name, index + 1);
  }
  return result;
}
