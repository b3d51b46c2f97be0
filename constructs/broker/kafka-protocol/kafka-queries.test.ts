import { expect, it } from 'vitest';
import { readPromQl } from '../../observability/promql.ts';
import { kafkaGrowthQuery, kafkaLagQuery } from './kafka-queries.ts';

const lag = kafkaLagQuery({ job: 'a/kafka-exporter', consumerGroup: 'b', topic: 'c' });

it('the lag counts what a partition holds where the group has confirmed nothing', () => {
  // The exporter says -1 there, which would take an event that waits elsewhere off the sum.
  expect(lag).toBe(
    'sum((max by (partition) (kafka_consumergroup_lag{job="a/kafka-exporter",consumergroup="b",topic="c"}) >= 0) or (max by (partition) (kafka_topic_partition_current_offset{job="a/kafka-exporter",topic="c"}) - max by (partition) (kafka_topic_partition_oldest_offset{job="a/kafka-exporter",topic="c"})))',
  );
});

it('the growth is that of all partitions', () => {
  expect(kafkaGrowthQuery('a/kafka-exporter', 'c.b.dlq', '10m')).toBe(
    'sum(increase(kafka_topic_partition_current_offset{job="a/kafka-exporter",topic="c.b.dlq"}[10m]))',
  );
});

it('both are PromQL', () => {
  expect(readPromQl(lag).problem).toBeUndefined();
  expect(readPromQl(kafkaGrowthQuery('a', 'b', '5m')).problem).toBeUndefined();
});
