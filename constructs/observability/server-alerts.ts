import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';

/** Alerts on the servers of a platform. */
export const SERVER_ALERTS: Register<ServerAlerts> = { name: 'server-alerts' };

/** Properties of {@link ServerAlerts}. */
export interface ServerAlertsProps {
  /** Name of the StatefulSet. */
  readonly name: string;
  readonly replicas: number;
  /** Name of the volume claim template. @default 'data' */
  readonly volume?: string;
}

/** Shares of a volume that are free below which somebody is told. */
export const FREE_RATIO = {
  /** Where it fills quickly, too. */
  warning: 0.2,
  critical: 0.05,
} as const;

/** Alerts on the servers of a StatefulSet: those that are not there, and volumes that fill. */
export class ServerAlerts extends AlertRules {
  /** Name of the StatefulSet. */
  public readonly server: string;
  /** Servers that there have to be. */
  public readonly replicas: number;
  /** Labels that select the claims of its volumes. */
  public readonly claims: string;

  public constructor(scope: Construct, id: string, props: ServerAlertsProps) {
    const { name, replicas, volume = 'data' } = props;
    const namespace = `namespace="${EventPlatform.of(scope).environment.namespace}"`;
    const claims = `${namespace},persistentvolumeclaim=~"${volume}-${name}-[0-9]+"`;
    const available = `kubelet_volume_stats_available_bytes{${claims}}`;
    const labels = { server: name };
    const dashboard = { dashboard: DashboardName.KAFKA_OVERVIEW };
    super(scope, id, {
      name: `${name}-servers`,
      alerts: [
        {
          name: 'ServersMissing',
          query: `kube_statefulset_status_replicas_ready{${namespace},statefulset="${name}"} < ${replicas}`,
          for: Duration.minutes(5),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `{{ $value }} of ${replicas} servers of ${name} are ready`,
          description: `A server of ${name} has not been ready for 5m. Look at the pods' events and logs; one that was moved to another node needs its volume there.`,
          dashboard,
        },
        {
          name: 'VolumeFilling',
          // A short burst alone is no reason: a fifth of the volume has to be left at most.
          query: `${available} / kubelet_volume_stats_capacity_bytes{${claims}} < ${FREE_RATIO.warning} and predict_linear(${available}[6h], 4 * 24 * 3600) < 0`,
          for: Duration.hours(1),
          severity: AlertSeverity.WARNING,
          labels,
          summary: `{{ $labels.persistentvolumeclaim }} will be full within four days: {{ $value | humanizePercentage }} are free now`,
          description: `At the speed of the last six hours, the volume of a server of ${name} is full within four days, and less than a fifth of it is free. Make it larger, or keep events for a shorter time.`,
          dashboard,
        },
        {
          name: 'VolumeFull',
          query: `${available} / kubelet_volume_stats_capacity_bytes{${claims}} < ${FREE_RATIO.critical}`,
          for: Duration.minutes(5),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free`,
          description: `A server of ${name} stops when its volume is full. Make the volume larger now.`,
          dashboard,
        },
      ],
    });
    this.server = name;
    this.replicas = replicas;
    this.claims = claims;
    EventPlatform.of(this).registers.enter(SERVER_ALERTS, this);
  }
}
