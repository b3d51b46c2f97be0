import type { IConstruct } from 'constructs';
import { KAFKA_METRICS } from '../kafka-metrics.ts';
import { EventPlatform } from '../../platform/event-platform.ts';
import { CONSUMER_ALERTS, type ConsumerAlerts } from '../consumer-alerts.ts';
import { type DeliverySlo, SLOS } from '../delivery-slo.ts';
import { isScraped, MetricSource } from '../metric-source.ts';
import { SCRAPES } from '../metrics-scrape.ts';
import { SAGA_ALERTS, type SagaAlerts } from '../saga-alerts.ts';
import { SERVER_ALERTS, type ServerAlerts } from '../server-alerts.ts';

/** What dashboards show of Kafka. */
export interface KafkaParts {
  /** Job of the exporter of topics and groups. */
  readonly exporterJob: string;
  /** Jobs of the nodes' own metrics; none where they are not scraped. */
  readonly nodeJobs: readonly string[];
  /** StatefulSets of servers; none where somebody else runs them. */
  readonly servers: readonly ServerAlerts[];
}

/** Parts of a platform that dashboards show, as far as they are declared. */
export interface PlatformParts {
  readonly namespace: string;
  readonly consumers: readonly ConsumerAlerts[];
  readonly slos: readonly DeliverySlo[];
  /** Alerts of apps with sagas. */
  readonly sagas: readonly SagaAlerts[];
  /** App ids of everything with a sidecar. */
  readonly apps: readonly string[];
  /** Undefined where events do not go through Kafka, or nobody scrapes it. */
  readonly kafka: KafkaParts | undefined;
}

/** The parts of the platform that a construct belongs to. */
export function platformParts(scope: IConstruct): PlatformParts {
  const { environment, registers } = EventPlatform.of(scope);
  const { namespace } = environment;
  const scrapes = registers.all(SCRAPES);
  const jobsOf = (source: MetricSource) =>
    scrapes.filter(({ sources }) => sources.includes(source)).map(({ job }) => job);
  const [kafka] = registers.all(KAFKA_METRICS);
  return {
    namespace,
    consumers: registers.all(CONSUMER_ALERTS),
    slos: registers.all(SLOS),
    sagas: registers.all(SAGA_ALERTS),
    apps: jobsOf(MetricSource.SIDECAR).map((job) => job.slice(namespace.length + 1)),
    kafka:
      kafka !== undefined && isScraped(scope, MetricSource.KAFKA_EXPORTER)
        ? {
            exporterJob: kafka.exporterJob,
            nodeJobs: jobsOf(MetricSource.KAFKA_JMX),
            servers: registers
              .all(SERVER_ALERTS)
              .filter(({ node }) => node.scopes.includes(kafka.node.scope!)),
          }
        : undefined,
  };
}

/** Paths of the parts, to tell what was declared later. */
export function partNames({ consumers, slos, sagas, apps, kafka }: PlatformParts): string[] {
  return [
    ...consumers.map(({ node }) => node.path),
    ...slos.map(({ node }) => node.path),
    ...sagas.map(({ node }) => node.path),
    ...apps,
    ...(kafka === undefined ? [] : [kafka.exporterJob, ...kafka.nodeJobs]),
  ];
}

/** Gives series that have a job the label `consumer`: the workload's name. */
export function ofWorkload(query: string): string {
  return `label_replace(${query}, "consumer", "$1", "job", ".+/(.+)")`;
}
