/** What the exporter's metrics are selected by. */
export interface KafkaFigures {
  /** Job that Prometheus scrapes the exporter as. */
  readonly job: string;
  readonly consumerGroup: string;
  readonly topic: string;
}

/**
 * PromQL: messages of a topic that a consumer group has not confirmed, one series. The exporter says
 * -1 for a partition in which the group has confirmed nothing, and nothing at all for a group that has
 * confirmed nothing in any: everything that such a partition holds waits, as groups start at the oldest
 * message. While two pods of the exporter are scraped, each partition counts once.
 *
 * @see https://github.com/danielqsj/kafka_exporter#consumer-groups
 */
export function kafkaLagQuery({ job, consumerGroup, topic }: KafkaFigures): string {
  const metric = (name: string, labels = '') =>
    `max by (partition) (${name}{job="${job}",${labels}topic="${topic}"})`;
  const lag = metric('kafka_consumergroup_lag', `consumergroup="${consumerGroup}",`);
  const newest = metric('kafka_topic_partition_current_offset');
  const oldest = metric('kafka_topic_partition_oldest_offset');
  return `sum((${lag} >= 0) or (${newest} - ${oldest}))`;
}

/** PromQL: messages written to a topic within a range such as `10m`, one series. */
export function kafkaGrowthQuery(job: string, topic: string, range: string): string {
  return `sum(increase(kafka_topic_partition_current_offset{job="${job}",topic="${topic}"}[${range}]))`;
}
