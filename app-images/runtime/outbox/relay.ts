import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { OUTBOX_LANES, OUTBOX_LANES_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { OutboxRows, type Publishable, rowProblem, type OutboxRow } from './outbox-rows.ts';
import { type PublishRequest, publishRequests } from './publish-requests.ts';
import { isRefusedForItsContent, NO_ANSWER, PublishError, type Publisher } from './publisher.ts';
import { RefusedKeys } from './refused-keys.ts';
import { RelayRound } from './relay-round.ts';
import { publishTraced } from './trace-sending.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { wallClock } from '../telemetry/wall-clock.ts';

/** Duration of the lease of a lane, in seconds: longer than publishing takes. */
const LEASE = 20;
/** Time after which the lease is renewed, in milliseconds. */
const RENEW_AFTER = 5_000;
/** Longest pause of a topic after a request of it was not answered, in milliseconds. */
const MAX_TOPIC_PAUSE = 30_000;
const MAKE_LANES = `INSERT INTO ${OUTBOX_LANES_TABLE} (producer, lane)
SELECT $1, generate_series(0, ${OUTBOX_LANES - 1}) ON CONFLICT DO NOTHING`;

const LEASE_LANES = `UPDATE ${OUTBOX_LANES_TABLE}
SET owner = $2, leased_until = now() + make_interval(secs => ${LEASE})
WHERE producer = $1 AND lane IN (
  SELECT lane FROM ${OUTBOX_LANES_TABLE}
  WHERE producer = $1 AND (owner = $2 OR leased_until < now()) FOR UPDATE SKIP LOCKED
) RETURNING lane`;

/** Options of {@link OutboxRelay}. */
export interface RelayOptions {
  /** App id of the producer. */
  readonly producer: string;
  readonly pool: pg.Pool;
  readonly publisher: Pick<Publisher, 'publishMany' | 'maxBatchSize'>;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** @default - no tracing */
  readonly tracing?: Tracing | undefined;
  /** Milliseconds on the clock that pauses and leases are measured with. @default - that of `performance` */
  readonly clock?: () => number;
}

/**
 * Publishes what is in a producer's outbox, and deletes what the broker has confirmed. Each lane is
 * leased by one relay, and no two events of a key are published in one request, so events of a key
 * reach the broker in the order in which they were committed. A relay that dies after the broker's
 * confirmation leaves events that are published again; consumers know them by their ids.
 *
 * One event that cannot be published holds up its key at most. A topic that refuses everything holds up no other; one
 * whose requests are not answered delays the others by the time of one request, and then pauses.
 */
export class OutboxRelay {
  readonly #owner = randomUUID();
  readonly #rows: OutboxRows;
  readonly #clock: () => number;
  readonly #refused: RefusedKeys;
  /** Topics with a request that timed out: each such request delays all others. */
  readonly #unresponsiveTopics: RefusedKeys;
  #lanes: readonly number[] = [];
  #leasedAt = -Infinity;
  /** Whether the lanes exist. */
  #prepared = false;

  public constructor(private readonly options: RelayOptions) {
    this.#rows = new OutboxRows(options.pool, options.producer);
    this.#clock = options.clock ?? (() => performance.now());
    this.#refused = new RefusedKeys(undefined, this.#clock);
    this.#unresponsiveTopics = new RefusedKeys(MAX_TOPIC_PAUSE, this.#clock);
  }

  /**
   * Publishes some of what waits. Returns how many events were.
   *
   * @throws PublishError when the sidecar or the broker is not there. Nothing is lost: it waits.
   */
  public async round(): Promise<number> {
    try {
      return await this.#round();
    } catch (error) {
      if (!(error instanceof PublishError)) {
        // The next connection may lead to another server.
        this.#prepared = false;
        this.#leasedAt = -Infinity;
      }
      throw error;
    }
  }

  async #round(): Promise<number> {
    const { publisher } = this.options;
    await this.#lease();
    if (this.#lanes.length === 0) {
      return 0;
    }
    const round = new RelayRound(wallClock());
    const rows = await this.#read();
    for (const wave of publishRequests(await this.#readable(rows), publisher.maxBatchSize)) {
      if (!round.gaveUp(wave.topic)) {
        await this.#publish(wave, round);
        await this.#lease();
      }
    }
    if (round.failure !== undefined) {
      if (round.published === 0) {
        throw round.failure;
      }
      this.options.log.warn(
        { reason: round.failure.message },
        'some events could not be published',
      );
    }
    return round.published;
  }

  /** Updates the gauges of the outbox: age of the oldest event, and events that were set aside. */
  public async measure(): Promise<void> {
    const { age, setAside } = await this.#rows.state();
    this.options.metrics.outboxAge(age);
    this.options.metrics.outboxSetAside(setAside);
  }

  /** Releases the lanes, so that another relay can lease them at once. */
  public async release(): Promise<void> {
    const { pool, producer } = this.options;
    await runStatement(
      pool,
      `UPDATE ${OUTBOX_LANES_TABLE} SET owner = NULL, leased_until = '-infinity' WHERE producer = $1 AND owner = $2`,
      [producer, this.#owner],
    );
    this.#lanes = [];
  }

  async #lease(): Promise<void> {
    const now = this.#clock();
    if (now - this.#leasedAt < RENEW_AFTER) {
      return;
    }
    const { producer, pool } = this.options;
    if (!this.#prepared) {
      await runStatement(pool, MAKE_LANES, [producer]);
      this.#prepared = true;
    }
    const { rows } = await runStatement<{ lane: number }>(pool, LEASE_LANES, [
      producer,
      this.#owner,
    ]);
    this.#lanes = rows.map(({ lane }) => lane);
    this.#leasedAt = now;
  }

  async #read(): Promise<OutboxRow[]> {
    const read = () =>
      this.#rows.read(
        this.#lanes,
        this.#refused.waiting(),
        this.#unresponsiveTopics.waiting().map(({ topic }) => topic),
      );
    const rows = await read();
    if (!rows.some(({ foreign }) => foreign)) {
      return rows;
    }
    const events = await this.#rows.adopt();
    this.options.log.warn(
      { events },
      'the outbox was restored from another server: its events are adopted',
    );
    return read();
  }

  /** Sets aside the rows that cannot be published, and returns the rest. */
  async #readable(rows: readonly OutboxRow[]): Promise<Publishable[]> {
    const readable: Publishable[] = [];
    for (const row of rows) {
      const reason = rowProblem(row);
      if (reason === undefined) {
        readable.push(row as Publishable);
      } else {
        await this.#rows.setAside(row.position, reason);
        const { topic, position } = row;
        this.options.log.error({ topic, position, reason }, 'event of the outbox set aside');
      }
    }
    return readable;
  }

  async #publish({ topic, events }: PublishRequest<Publishable>, round: RelayRound): Promise<void> {
    const { log } = this.options;
    const sent = events.filter((event) => !round.isBlocked(event));
    if (sent.length === 0) {
      return;
    }
    let refusedIds: ReadonlySet<string>;
    try {
      refusedIds = await this.#send(topic, sent, round);
    } catch (error) {
      if (!(error instanceof PublishError) || error.status === undefined) {
        // Without the sidecar, no other event can be published either.
        throw error;
      }
      if (sent.length > 1 && isRefusedForItsContent(error)) {
        const half = sent.length >> 1;
        await this.#publish({ topic, events: sent.slice(0, half) }, round);
        await this.#publish({ topic, events: sent.slice(half) }, round);
        return;
      }
      log.warn({ topic, events: sent.length, reason: error.message }, 'not published');
      round.fail(topic, error);
      if (error.status === NO_ANSWER) {
        this.#unresponsiveTopics.add([{ topic, key: '' }], true);
        round.giveUp(topic);
        return;
      }
      refusedIds = new Set(sent.map(({ position }) => position));
    }
    const confirmed = sent.filter(({ position }) => !refusedIds.has(position));
    await this.#confirm(topic, confirmed, round);
    const refused = sent.filter(({ position }) => refusedIds.has(position));
    if (refused.length > 0) {
      round.block(refused);
      this.#refused.add(refused, round.hasConfirmed(topic));
      const positions = refused.slice(0, 10).map(({ position }) => position);
      log.warn(
        { topic, events: refused.length, positions },
        'events refused by the broker: their keys wait',
      );
      if (confirmed.length === 0) {
        round.fail(topic, new PublishError(`the broker accepted none of ${sent.length} events`));
      }
    }
  }

  /** @returns positions of the events that the broker has not confirmed. */
  #send(
    topic: string,
    events: readonly Publishable[],
    { since }: RelayRound,
  ): Promise<Set<string>> {
    const { publisher, tracing } = this.options;
    const outgoing = events.map(({ position, key, event }) => ({ entryId: position, key, event }));
    return tracing === undefined
      ? publisher.publishMany(topic, outgoing)
      : publishTraced(tracing, { topic, events: outgoing, since }, (entries, traceparent) =>
          publisher.publishMany(topic, entries, traceparent),
        );
  }

  async #confirm(topic: string, events: readonly OutboxRow[], round: RelayRound): Promise<void> {
    if (events.length === 0) {
      return;
    }
    await this.#rows.remove(
      this.#lanes,
      events.map(({ position }) => position),
    );
    round.confirm(topic, events.length);
    this.#unresponsiveTopics.remove({ topic, key: '' });
    for (const event of events) {
      this.options.metrics.published(event.type ?? 'unknown');
      this.#refused.remove(event);
    }
  }
}
