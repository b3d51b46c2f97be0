import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** Alerts on a cache in the cluster: one that is not there, and one that is too small. */
export class CacheAlerts extends AlertRules {
  /** @param props name of the StatefulSet. */
  public constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    const { namespace } = EventPlatform.of(scope).environment;
    const labels = { server: name };
    super(scope, id, {
      name: `${name}-server`,
      alerts: [
        {
          name: 'CacheDown',
          query: `kube_statefulset_status_replicas_ready{namespace="${namespace}",statefulset="${name}"} < 1`,
          for: Duration.minutes(2),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `{{ $value }} of 1 servers of ${name} are ready`,
          description: `Apps read from their databases instead, which is slower, and deliveries that invalidate something are held until ${name} is back. Look at the pod's events and logs.`,
        },
        {
          name: 'CacheEvicting',
          query: `rate(redis_evicted_keys_total{job="${namespace}/${name}"}[10m]) > 1`,
          for: Duration.minutes(15),
          severity: AlertSeverity.WARNING,
          labels,
          summary: `${name} forgets {{ $value | humanize }} values a second for lack of memory`,
          description: `Values are evicted before their time is over, so that they are loaded again. What is kept without a cache in front of a database, such as sessions, is lost. Give ${name} more memory, or values a shorter time.`,
        },
      ],
    });
  }
}
