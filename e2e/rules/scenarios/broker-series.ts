import type { InputSeries } from '../scenario.ts';
import { counter, gauge, type Labels, type Phase, reads, selected, series } from '../series.ts';

const KAFKA_LAG = 'kafka_consumergroup_lag';
const KAFKA_NEWEST = 'kafka_topic_partition_current_offset';
const KAFKA_OLDEST = 'kafka_topic_partition_oldest_offset';
const RABBITMQ = 'rabbitmq_detailed_queue_messages';
const REDIS = { lag: 'redis_stream_group_lag', pending: 'redis_stream_group_messages_pending' };
const NATS = { waiting: 'nats_consumer_num_pending', held: 'nats_consumer_num_ack_pending' };

/** Whether what waits is read from the exporter of Kafka. */
export function isKafka(expr: string): boolean {
  return reads(expr, KAFKA_LAG);
}

/** What is printed for each partition of a Kafka topic: a lag, and offsets. */
export interface Partition {
  /** -1 where the group has confirmed nothing; undefined where the exporter does not know the group. */
  readonly lag?: string;
  readonly newest: string;
  readonly oldest: string;
}

/** Partitions of the topic that a query reads, as a pod of the exporter says. */
export function partitions(
  expr: string,
  all: readonly Partition[],
  pod: Labels = {},
): InputSeries[] {
  return all.flatMap(({ lag, newest, oldest }, index) => {
    const partition = { ...pod, partition: String(index) };
    return [
      ...(lag === undefined
        ? []
        : [series(KAFKA_LAG, { ...selected(expr, KAFKA_LAG), ...partition }, lag)]),
      series(KAFKA_NEWEST, { ...selected(expr, KAFKA_NEWEST), ...partition }, newest),
      series(KAFKA_OLDEST, { ...selected(expr, KAFKA_OLDEST), ...partition }, oldest),
    ];
  });
}

/** That nothing waits in the other topics of a query that adds those of a consumer up. */
export function otherTopics(expr: string, samples: number): InputSeries[] {
  const found = expr.matchAll(/kafka_consumergroup_lag\{[^}]*topic="([^"]+)"/g);
  const [first, ...others] = [...new Set([...found].map(([, topic]) => topic!))];
  const none = gauge([0, samples]);
  return others.flatMap((topic) =>
    partitions(expr.replaceAll(`topic="${first!}"`, `topic="${topic}"`), [
      { lag: gauge([-1, samples]), newest: none, oldest: none },
      // All of this one was processed.
      { lag: none, newest: gauge([5_000_000, samples]), oldest: none },
    ]),
  );
}

/** Numbers of messages that wait, in the words of the broker that a query asks. */
export function waiting(expr: string, ...phases: readonly Phase[]): InputSeries[] {
  const all = gauge(...phases);
  const first = gauge(...phases.map(([value, samples]) => [Math.min(1, value), samples] as const));
  const rest = gauge(...phases.map(([value, n]) => [value - Math.min(1, value), n] as const));
  if (isKafka(expr)) {
    const samples = phases.reduce((sum, [, count]) => sum + count, 0);
    const none = gauge([0, samples]);
    return partitions(expr, [
      { lag: all, newest: gauge([5_000_000, samples]), oldest: none },
      // Nothing was ever sent to this one.
      { lag: gauge([-1, samples]), newest: none, oldest: none },
      // All of this one was processed.
      { lag: none, newest: gauge([5_000_000, samples]), oldest: none },
    ]);
  }
  if (reads(expr, RABBITMQ)) {
    const labels = selected(expr, RABBITMQ);
    return ['0', '1'].map((pod) => series(RABBITMQ, { ...labels, pod: `rabbitmq-${pod}` }, all));
  }
  if (reads(expr, REDIS.lag)) {
    return [
      series(REDIS.lag, selected(expr, REDIS.lag), rest),
      series(REDIS.pending, selected(expr, REDIS.pending), first),
    ];
  }
  const held = selected(expr, NATS.held);
  return [
    series(NATS.waiting, selected(expr, NATS.waiting), rest),
    series(NATS.held, held, first),
    // A follower's values are old.
    series(NATS.held, { ...held, is_consumer_leader: 'false' }, gauge([1_000_000, 100])),
  ];
}

const WRITTEN = [
  KAFKA_NEWEST,
  'rabbitmq_detailed_channel_messages_published_total',
  'redis_stream_entries_added_total',
  'nats_stream_last_seq',
] as const;

/** Whether messages written to a topic are counted for each connection, from zero. */
export function countsConnections(expr: string): boolean {
  return reads(expr, WRITTEN[1]);
}

/** How many messages were written to the topic that a query reads, as the broker counts them. */
export function written(expr: string, values: string, labels: Labels = {}): InputSeries {
  const metric = WRITTEN.find((name) => reads(expr, name))!;
  return series(metric, { ...selected(expr, metric), ...labels }, values);
}

/** That what counts messages of a topic is scraped. */
export function scraped(expr: string, samples: number): InputSeries[] {
  return reads(expr, 'up') ? [series('up', selected(expr, 'up'), gauge([1, samples]))] : [];
}

/** A counter that stays at 0. */
export const NOTHING = counter([0, 300]);
