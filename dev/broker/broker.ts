import type { StartPosition } from 'cdk8s-event-platform';
import type pg from 'pg';
import { partitionOf } from './partitioner.ts';
import { ADD_TOPIC, APPEND, CREATE_SCHEMA, JOIN, MOVE, POSITIONS, READ, TOPICS } from './schema.ts';

/** Names and values beside a record's value. */
export type Headers = Readonly<Record<string, string>>;

/** What is published. */
export interface NewRecord {
  /** Records of one key are in one partition. @default - any partition */
  readonly key?: Uint8Array | undefined;
  /** Bytes; null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** A record of a partition. */
export interface BrokerRecord extends NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly publishedAt: Date;
}

/** Any number: which lock it is does not matter. */
const SCHEMA_LOCK = 7_206_114;

/** Times before and behind all records, as PostgreSQL names them. */
const TIMES = { beginning: '-infinity', now: 'infinity' } as const;

/** A topic does not exist. */
export class UnknownTopicError extends Error {
  public override readonly name = 'UnknownTopicError';
}

/**
 * A broker kept in PostgreSQL, for one process: topics with partitions, and consumer groups with a position
 * in each. Delivery is at least once: a position moves only when its reader says so.
 */
export class Broker {
  readonly #topics = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  private constructor(private readonly pool: pg.Pool) {}

  /** Opens the broker of a database, and creates its schema where it is missing. */
  public static async open(pool: pg.Pool): Promise<Broker> {
    const broker = new Broker(pool);
    // One transaction, behind a lock: two that create the schema at once would fail.
    await pool.query(`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}); ${CREATE_SCHEMA}`);
    const { rows } = await pool.query<{ topic: string; partitions: number }>(TOPICS);
    rows.forEach(({ topic, partitions }) => broker.#topics.set(topic, partitions));
    return broker;
  }

  /** Creates a topic, or adds the partitions that it lacks. */
  public async addTopic(name: string, partitions: number): Promise<void> {
    await this.pool.query(ADD_TOPIC, [name, partitions]);
    this.#topics.set(name, Math.max(partitions, this.#topics.get(name) ?? 0));
  }

  /** Number of partitions of a topic. @throws UnknownTopicError when it does not exist. */
  public partitionsOf(topic: string): number {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) {
      throw new UnknownTopicError(`topic '${topic}' does not exist`);
    }
    return partitions;
  }

  /** Appends records in one transaction. @throws UnknownTopicError when the topic does not exist. */
  public async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const partitions = this.partitionsOf(topic);
    await this.pool.query(APPEND, [
      topic,
      records.map(({ key }) => partitionOf(key, partitions)),
      records.map(({ key }) => key ?? null),
      records.map(({ value }) => value),
      records.map(({ headers }) => JSON.stringify(headers)),
    ]);
    this.#waiting.get(topic)?.forEach((wake) => wake());
  }

  /** Records of a partition from a position on. */
  public async read(
    topic: string,
    partition: number,
    from: number,
    limit: number,
  ): Promise<BrokerRecord[]> {
    const { rows } = await this.pool.query<{
      position: number;
      key: Buffer | null;
      value: Buffer | null;
      headers: Headers;
      published_at: Date;
    }>(READ, [topic, partition, from, limit]);
    return rows.map(({ position, key, value, headers, published_at: publishedAt }) => ({
      ...{ topic, partition, position, value, headers, publishedAt },
      ...(key !== null && { key }),
    }));
  }

  /**
   * Where a consumer group stands in each partition of a topic.
   *
   * @param start where a group that is new begins.
   */
  public async positions(
    group: string,
    topic: string,
    start: StartPosition = 'beginning',
  ): Promise<number[]> {
    this.partitionsOf(topic);
    await this.pool.query(JOIN, [group, topic, start instanceof Date ? start : TIMES[start]]);
    const { rows } = await this.pool.query<{ position: number }>(POSITIONS, [group, topic]);
    return rows.map(({ position }) => position);
  }

  /** Moves a consumer group forward: what is before the position is processed. */
  public async move(
    group: string,
    topic: string,
    partition: number,
    position: number,
  ): Promise<void> {
    await this.pool.query(MOVE, [group, topic, partition, position]);
  }

  /** Calls a function whenever records were appended to a topic. @returns what ends it. */
  public onAppend(topic: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, waiting.add(wake));
    return () => waiting.delete(wake);
  }
}
