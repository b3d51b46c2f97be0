import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { KAFKA_METRICS } from '../../observability/kafka-metrics.ts';
import { type Alert, AlertRules, AlertSeverity } from '../../observability/alert-rules.ts';
import { DashboardName } from '../../observability/dashboard-link.ts';

/** Properties of {@link KafkaAlerts}. */
export interface KafkaAlertsProps {
  /** Name of the cluster. */
  readonly name: string;
  /** Job that Prometheus scrapes the exporter of topics as. */
  readonly exporterJob: string;
  /**
   * Name of the workload whose nodes are controllers, where their own metrics are scraped.
   * @default - they are not
   */
  readonly controllers?: string | undefined;
}

/**
 * Alerts on what keeps Kafka's events safe: copies that are behind, partitions without a leader, and a
 * cluster without a controller.
 *
 * @see https://kafka.apache.org/41/documentation.html#monitoring
 */
export class KafkaAlerts extends AlertRules {
  /** Job that Prometheus scrapes the exporter of topics as. */
  public readonly exporterJob: string;

  public constructor(scope: Construct, id: string, props: KafkaAlertsProps) {
    const { name, exporterJob, controllers } = props;
    const { namespace } = EventPlatform.of(scope).environment;
    const labels = { broker: name };
    const dashboard = { dashboard: DashboardName.KAFKA_OVERVIEW };
    const behind = `kafka_topic_partition_under_replicated_partition{job="${exporterJob}"}`;
    const ofControllers = (job: string): Alert[] => {
      const metric = (metricName: string) =>
        `kafka_controller_kafkacontroller_${metricName}{job="${namespace}/${job}"}`;
      return [
        {
          name: 'KafkaPartitionsOffline',
          query: `max(${metric('offlinepartitionscount')}) > 0`,
          for: Duration.minutes(1),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `{{ $value }} partitions of ${name} have no leader`,
          description: `Nobody can write to these partitions or read from them. Brokers that have their newest copy are down: bring them back, one after the other.`,
          dashboard,
        },
        {
          name: 'KafkaControllerMissing',
          query: `sum(${metric('activecontrollercount')}) != 1`,
          for: Duration.minutes(2),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `${name} has {{ $value }} active controllers instead of one`,
          description: `Without a controller no partition gets a new leader, and topics cannot be changed. Look whether most of the controllers are up and reach each other.`,
          dashboard,
        },
      ];
    };
    super(scope, id, {
      name,
      alerts: [
        {
          name: 'KafkaPartitionsUnderReplicated',
          query: `sum by (topic) (${behind}) > 0`,
          for: Duration.minutes(5),
          severity: AlertSeverity.WARNING,
          labels,
          summary: `{{ $value }} partitions of {{ $labels.topic }} have copies that are behind`,
          description: `When the servers that are up to date fail now, confirmed events are lost; when too few are left, nobody can publish. Look for brokers that are down, slow, or out of room.`,
          dashboard,
        },
        ...(controllers === undefined ? [] : ofControllers(controllers)),
      ],
    });
    this.exporterJob = exporterJob;
    EventPlatform.of(this).registers.enter(KAFKA_METRICS, this);
  }
}
