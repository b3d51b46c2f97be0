import type { IConstruct } from 'constructs';
import { PROCESS_METRICS, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { isScraped, MetricSource } from './metric-source.ts';
import { readPromQl } from './promql.ts';

/**
 * Every metric that rules and dashboards may name, by what emits it. Names are those of the running
 * parts; an end-to-end run looks for each on the endpoints of what it starts.
 */
export const METRICS: Readonly<Record<MetricSource, readonly string[]>> = {
  [MetricSource.RUNTIME]: [...Object.values(RUNTIME_METRICS), ...PROCESS_METRICS],
  [MetricSource.SIDECAR]: [
    'dapr_component_pubsub_egress_bulk_count',
    'dapr_component_pubsub_egress_bulk_latencies',
    'dapr_component_pubsub_egress_count',
    'dapr_component_pubsub_egress_latencies',
    'dapr_component_pubsub_ingress_bulk_count',
    'dapr_component_pubsub_ingress_bulk_event_count',
    'dapr_component_pubsub_ingress_bulk_latencies',
    'dapr_component_pubsub_ingress_count',
    'dapr_component_pubsub_ingress_latencies',
    'dapr_http_client_completed_count',
    'dapr_http_healthprobes_completed_count',
    'dapr_http_server_request_count',
    'dapr_resiliency_activations_total',
    'dapr_resiliency_count',
    'dapr_runtime_component_init_fail_total',
    'dapr_runtime_component_loaded',
  ],
  [MetricSource.KAFKA_EXPORTER]: [
    'kafka_brokers',
    'kafka_consumergroup_current_offset',
    'kafka_consumergroup_lag',
    'kafka_consumergroup_members',
    'kafka_topic_partition_current_offset',
    'kafka_topic_partition_oldest_offset',
    'kafka_topic_partition_under_replicated_partition',
    'kafka_topic_partitions',
  ],
  [MetricSource.KAFKA_JMX]: [
    'kafka_controller_kafkacontroller_activebrokercount',
    'kafka_controller_kafkacontroller_activecontrollercount',
    'kafka_controller_kafkacontroller_fencedbrokercount',
    'kafka_controller_kafkacontroller_offlinepartitionscount',
    'kafka_log_size_bytes',
    'kafka_network_processor_idle_ratio',
    'kafka_server_brokertopicmetrics_bytesin_total',
    'kafka_server_brokertopicmetrics_bytesout_total',
    'kafka_server_brokertopicmetrics_failedfetchrequests_total',
    'kafka_server_brokertopicmetrics_failedproducerequests_total',
    'kafka_server_brokertopicmetrics_messagesin_total',
    'kafka_server_replicamanager_leadercount',
    'kafka_server_replicamanager_partitioncount',
    'kafka_server_replicamanager_underminisrpartitioncount',
    'kafka_server_replicamanager_underreplicatedpartitions',
    'kafka_server_requesthandler_idle_ratio',
  ],
  [MetricSource.RABBITMQ]: [
    'rabbitmq_detailed_channel_messages_published_total',
    'rabbitmq_detailed_queue_messages',
  ],
  [MetricSource.REDIS_EXPORTER]: [
    'redis_evicted_keys_total',
    'redis_stream_entries_added_total',
    'redis_stream_group_lag',
    'redis_stream_group_messages_pending',
  ],
  [MetricSource.NATS_EXPORTER]: [
    'nats_consumer_num_ack_pending',
    'nats_consumer_num_pending',
    'nats_stream_last_seq',
  ],
  [MetricSource.KUBE_STATE_METRICS]: [
    'kube_deployment_status_replicas_ready',
    'kube_horizontalpodautoscaler_spec_max_replicas',
    'kube_horizontalpodautoscaler_status_current_replicas',
    'kube_statefulset_replicas',
    'kube_statefulset_status_replicas_ready',
  ],
  [MetricSource.KUBELET]: [
    'kubelet_volume_stats_available_bytes',
    'kubelet_volume_stats_capacity_bytes',
  ],
  [MetricSource.KEDA]: [
    'keda_scaled_object_paused',
    'keda_scaler_detail_errors_total',
    'keda_scaler_metrics_value',
  ],
  [MetricSource.CERT_MANAGER]: ['certmanager_certificate_expiration_timestamp_seconds'],
  [MetricSource.PROMETHEUS]: ['up'],
};

const SOURCES = new Map(
  Object.values(MetricSource).flatMap((source) =>
    METRICS[source].map((name) => [name, source] as const),
  ),
);

/** What emits a metric, or the series of a histogram; undefined when nothing does. */
export function sourceOf(metric: string): MetricSource | undefined {
  return SOURCES.get(metric) ?? SOURCES.get(metric.replace(/_(bucket|sum|count)$/, ''));
}

/**
 * What is wrong with a query where a construct is deployed: no PromQL, or of metrics that nothing
 * emits there. Asked for when everything is declared.
 *
 * @param others metrics that something else emits, such as rules that record them.
 */
export function queryProblems(
  scope: IConstruct,
  query: string,
  others: ReadonlySet<string> = new Set(),
): string[] {
  const { metrics, problem } = readPromQl(query);
  if (problem !== undefined) {
    return [
      `the query '${query}' ${problem}: see https://prometheus.io/docs/prometheus/latest/querying/basics/`,
    ];
  }
  return metrics.flatMap((metric) => {
    const source = sourceOf(metric);
    if (others.has(metric)) {
      return [];
    }
    if (source === undefined) {
      return [
        `nothing emits the metric '${metric}': correct its name, or list it under 'externalMetrics' when a part of yours does`,
      ];
    }
    return isScraped(scope, source)
      ? []
      : [
          `the metric '${metric}' comes from ${source}, which is not part of this platform: add that, or leave the query out`,
        ];
  });
}
