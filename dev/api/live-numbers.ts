import type pg from 'pg';
import { OUTBOX_TABLE, QUARANTINE_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { BROKER_SCHEMA } from '../broker/schema.ts';
import type { DatabaseNumbers, GroupNumbers, TopicNumbers } from './types.ts';

/** A consumer group of an app in a topic. */
export interface AppGroup {
  readonly appId: string;
  readonly topic: string;
  readonly group: string;
}

/** Milliseconds over which rates are taken. */
const WINDOW = 5_000;

const TOPICS = `
SELECT topic, count(*)::int AS partitions, sum(next_position)::float8 AS events
FROM ${BROKER_SCHEMA}.partitions GROUP BY topic ORDER BY topic`;
const GROUPS = `
SELECT consumer_group AS group, topic, sum(position)::float8 AS processed
FROM ${BROKER_SCHEMA}.positions GROUP BY 1, 2`;
const OUTBOX = `SELECT producer AS app, count(*)::int AS rows FROM ${OUTBOX_TABLE} GROUP BY 1`;
const QUARANTINE = `
SELECT consumer AS app, count(*)::int AS rows FROM ${QUARANTINE_TABLE} WHERE status = 'held' GROUP BY 1`;

/** Growth of a number per second, over the last seconds. */
class Rate {
  readonly #samples: { at: number; value: number }[] = [];

  public add(value: number, at: number): number {
    this.#samples.push({ at, value });
    // The oldest that is left is as old as the window, or the oldest there is.
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= WINDOW) {
      this.#samples.shift();
    }
    const [oldest] = this.#samples as [{ at: number; value: number }];
    return at === oldest.at ? 0 : (1_000 * (value - oldest.value)) / (at - oldest.at);
  }
}

/** Numbers of a broker and of databases, with rates since they were asked for last. */
export class LiveNumbers {
  readonly #rates = new Map<string, Rate>();

  /**
   * @param broker database of the broker.
   * @param databases of the apps, by name.
   */
  public constructor(
    private readonly broker: pg.Pool,
    private readonly databases: ReadonlyMap<string, pg.Pool>,
    private readonly groups: readonly AppGroup[],
  ) {}

  /** Topics, and how far each app's group is in them. */
  public async messaging(): Promise<{ topics: TopicNumbers[]; groups: GroupNumbers[] }> {
    const [topics, groups] = await Promise.all([
      this.broker.query<Omit<TopicNumbers, 'rate'>>(TOPICS),
      this.broker.query<{ group: string; topic: string; processed: number }>(GROUPS),
    ]);
    const events = new Map(topics.rows.map((row) => [row.topic, row.events]));
    const processed = new Map(
      groups.rows.map((row) => [`${row.group} ${row.topic}`, row.processed] as const),
    );
    return {
      topics: topics.rows.map((row) => ({ ...row, rate: this.#rate(row.topic, row.events) })),
      groups: this.groups.map(({ appId, topic, group }) => {
        const done = processed.get(`${group} ${topic}`) ?? 0;
        const lag = (events.get(topic) ?? 0) - done;
        return { appId, topic, lag, rate: this.#rate(`${appId} ${topic}`, done) };
      }),
    };
  }

  /** What waits in each database. */
  public tables(): Promise<DatabaseNumbers[]> {
    return Promise.all(
      [...this.databases].map(async ([database, pool]) => {
        const count = async (sql: string) => {
          const { rows } = await pool.query<{ app: string; rows: number }>(sql);
          return Object.fromEntries(rows.map(({ app, rows: number }) => [app, number]));
        };
        try {
          const [outbox, quarantine] = await Promise.all([count(OUTBOX), count(QUARANTINE)]);
          return { database, available: true, outbox, quarantine };
        } catch {
          return { database, available: false, outbox: {}, quarantine: {} };
        }
      }),
    );
  }

  #rate(name: string, value: number): number {
    const rate = this.#rates.get(name) ?? new Rate();
    this.#rates.set(name, rate);
    return rate.add(value, performance.now());
  }
}
