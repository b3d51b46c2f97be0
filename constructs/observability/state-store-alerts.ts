import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** An alert on a state store that apps of this package read around. */
export class StateStoreAlerts extends AlertRules {
  /** @param props name of the component. */
  public constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    const { namespace } = EventPlatform.of(scope).environment;
    super(scope, id, {
      name: `${name}-state`,
      alerts: [
        {
          name: 'CacheBypassed',
          query: `sum by (job) (rate(${RUNTIME_METRICS.cacheRequests}{job=~"${namespace}/.+",store="${name}",result="bypass"}[5m])) > 0.1`,
          for: Duration.minutes(5),
          severity: AlertSeverity.WARNING,
          labels: { store: name },
          summary: `{{ $labels.job }} reads {{ $value | humanize }} values a second past ${name}`,
          description: `The app cannot use ${name}: it loads everything from its database, and deliveries that invalidate something are held. Look at the server, and at the log of the app's sidecar.`,
        },
      ],
    });
  }
}
