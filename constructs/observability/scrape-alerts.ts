import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** Properties of {@link ScrapeAlerts}. */
export interface ScrapeAlertsProps {
  /** Name of the workload, a pod of which is always there. */
  readonly workload: string;
}

/** An alert on a workload whose metrics are not there: alerts that are made of them are silent. */
export class ScrapeAlerts extends AlertRules {
  public constructor(scope: Construct, id: string, { workload }: ScrapeAlertsProps) {
    const { namespace } = EventPlatform.of(scope).environment;
    super(scope, id, {
      name: `${workload}-metrics`,
      alerts: [
        {
          name: 'MetricsMissing',
          query: `(sum(up{job="${namespace}/${workload}"}) or vector(0)) < 1`,
          for: Duration.minutes(10),
          severity: AlertSeverity.WARNING,
          labels: { workload },
          summary: `{{ $value }} pages of metrics of ${workload} are scraped`,
          description: `Prometheus has reached no pod of ${workload} for 10m, and alerts made of its metrics are silent meanwhile. Look at its pods, and whether Prometheus follows the PodMonitor.`,
        },
      ],
    });
  }
}
