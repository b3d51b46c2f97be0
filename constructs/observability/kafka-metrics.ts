import type { IConstruct } from 'constructs';
import type { Register } from '../platform/registers.ts';

/** What says how the metrics of a Kafka are scraped; it stands beside the servers. */
export interface KafkaMetrics extends IConstruct {
  /** Job that Prometheus scrapes the exporter of topics as. */
  readonly exporterJob: string;
}

/** The Kafkas of a platform. */
export const KAFKA_METRICS: Register<KafkaMetrics> = { name: 'kafka-metrics' };
