import type { IConstruct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';

/** Part of a platform, or of the cluster that it runs in, that emits metrics. */
export enum MetricSource {
  /** The runtime of `app-images/`. */
  RUNTIME = 'the image runtime',
  /** Dapr's sidecars. @see https://docs.dapr.io/operations/observability/metrics/metrics-overview/ */
  SIDECAR = 'daprd',
  /** The exporter of consumer groups and topics. @see https://github.com/danielqsj/kafka_exporter */
  KAFKA_EXPORTER = 'the Kafka exporter',
  /** The agent within Kafka's JVM. @see https://prometheus.github.io/jmx_exporter/ */
  KAFKA_JMX = "the JMX exporter of Kafka's nodes",
  /** RabbitMQ's plugin. @see https://www.rabbitmq.com/docs/prometheus */
  RABBITMQ = 'the Prometheus plugin of RabbitMQ',
  /** @see https://github.com/oliver006/redis_exporter */
  REDIS_EXPORTER = 'the Redis exporter',
  /** @see https://github.com/nats-io/prometheus-nats-exporter */
  NATS_EXPORTER = 'the NATS exporter',
  /** The state of Kubernetes' objects. @see https://github.com/kubernetes/kube-state-metrics */
  KUBE_STATE_METRICS = 'kube-state-metrics',
  /** Kubernetes' agent on each node. @see https://kubernetes.io/docs/reference/instrumentation/metrics/ */
  KUBELET = 'the kubelet',
  /** @see https://keda.sh/docs/2.20/integrations/prometheus/ */
  KEDA = 'KEDA',
  /** @see https://cert-manager.io/docs/devops-tips/prometheus-metrics/ */
  CERT_MANAGER = 'cert-manager',
  /** What Prometheus knows of its own scrapes. @see https://prometheus.io/docs/concepts/jobs_instances/ */
  PROMETHEUS = 'Prometheus',
}

/** What is scraped in every cluster that has the operators which platforms rely on. */
const OF_THE_CLUSTER: readonly MetricSource[] = [
  MetricSource.KUBE_STATE_METRICS,
  MetricSource.KUBELET,
  MetricSource.KEDA,
  MetricSource.CERT_MANAGER,
  MetricSource.PROMETHEUS,
];

/** Constructs whose metrics are scraped, by the source. */
const METRIC_SOURCES: Register = { name: 'metric-sources' };

/** Says that a part of the platform emits metrics and that they are scraped. */
export function addMetricSource(scope: IConstruct, source: MetricSource): void {
  EventPlatform.of(scope).registers.enter(METRIC_SOURCES, scope, source);
}

/** Whether the metrics of a source are scraped where a construct is deployed. */
export function isScraped(scope: IConstruct, source: MetricSource): boolean {
  return (
    OF_THE_CLUSTER.includes(source) ||
    EventPlatform.of(scope).registers.find(METRIC_SOURCES, source) !== undefined
  );
}

/** Everything whose metrics are scraped where a construct is deployed. */
export function metricSources(scope: IConstruct): ReadonlySet<MetricSource> {
  return new Set(Object.values(MetricSource).filter((source) => isScraped(scope, source)));
}
