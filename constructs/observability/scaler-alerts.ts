import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { type Alert, AlertRules, AlertSeverity, COUNT } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';

/** Properties of {@link ScalerAlerts}. */
export interface ScalerAlertsProps {
  /** Name of the Deployment that is scaled. */
  readonly workload: string;
  /** Name of the HorizontalPodAutoscaler. */
  readonly autoscaler: string;
  /** Least pods. */
  readonly minReplicas: number;
  /** Most pods. */
  readonly maxReplicas: number;
  /** Whether the ScaledObject reads what is due in the database. @default false */
  readonly dueWork?: boolean;
  /** Name of the ScaledObject, where KEDA owns the autoscaler. @default - nobody does */
  readonly scaledObject?: string;
}

/**
 * A series of a part that is scraped in its own namespace and names another as a label. Prometheus
 * keeps that label as `namespace` where it is told to honour labels, and else renames it.
 *
 * @param select has the labels put in.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export function ofNamespace(namespace: string, select: (label: string) => string): string {
  return `(${select(`exported_namespace="${namespace}"`)} or ${select(`namespace="${namespace}"`)})`;
}

/** Alerts on a scaler that fails, or that has no pods left to add. */
export class ScalerAlerts extends AlertRules {
  public constructor(scope: Construct, id: string, props: ScalerAlertsProps) {
    const { workload, autoscaler, minReplicas, maxReplicas, scaledObject } = props;
    const { namespace } = EventPlatform.of(scope).environment;
    const labels = { workload };
    const dashboard = {
      dashboard: DashboardName.CONSUMER_LAG,
      variables: { consumer: workload },
    };
    const ofAutoscaler = `namespace="${namespace}",horizontalpodautoscaler="${autoscaler}"`;
    const failing = (scaled: string): Alert => ({
      name: 'ScalerFailing',
      query: `sum(${ofNamespace(namespace, (label) => `increase(keda_scaler_detail_errors_total{${label},scaledObject="${scaled}"}[5m])`)}) > 0`,
      for: Duration.minutes(5),
      severity: AlertSeverity.WARNING,
      labels,
      summary: `KEDA has failed ${COUNT} times within 5 minutes to read the lag of ${workload}`,
      description: `While KEDA cannot read the lag, ${workload} has the number of pods that its ScaledObject names as fallback. Look at the status of the ScaledObject ${scaled}, at the log of KEDA's operator, and at the account and network policy that it reaches the broker with.`,
      dashboard,
    });
    const waiting = (scaled: string): Alert => ({
      name: 'DueWorkWaiting',
      query: `max(${ofNamespace(namespace, (label) => `keda_scaler_metrics_value{${label},scaledObject="${scaled}",metric=~"s[0-9]+-postgresql"}`)}) > 0`,
      for: Duration.minutes(15),
      severity: AlertSeverity.WARNING,
      labels,
      summary: `${COUNT} rows of the database have waited for ${workload} for a quarter of an hour`,
      description: `Effects that are due, events to be processed again, or events of the outbox of ${workload} are there all the time. Look whether it has pods, what their log says of effects and of publishing, and at the status of the ScaledObject ${scaled}.`,
      dashboard,
    });
    // What has as many pods as it may at rest is always at its maximum. Whether more are wanted is not
    // known: KEDA itself asks for no more than there are partitions.
    const scales = maxReplicas > Math.max(1, minReplicas);
    const atMaximum: Alert = {
      name: 'ScalerAtMaximum',
      query: `kube_horizontalpodautoscaler_status_current_replicas{${ofAutoscaler}} >= ${maxReplicas}`,
      for: Duration.minutes(15),
      severity: AlertSeverity.WARNING,
      labels,
      summary: `${workload} has had all of its {{ $value }} pods for a quarter of an hour`,
      description: `The scaler of ${workload} has no pods left to add. When work keeps waiting, make each event cheaper, or raise maxReplicas, which needs as many partitions where it scales on lag.`,
      dashboard,
    };
    super(scope, id, {
      name: `${workload}-scaler`,
      alerts: [
        ...(scaledObject === undefined ? [] : [failing(scaledObject)]),
        ...(scaledObject !== undefined && props.dueWork === true ? [waiting(scaledObject)] : []),
        ...(scales ? [atMaximum] : []),
      ],
    });
  }
}
