import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** Seconds that what is read may be behind what is stored. */
const MAX_LAG = 60;

/** Alerts on projections of an app that are behind, or have stopped at an event. */
export class ProjectionAlerts extends AlertRules {
  /** @param props id of the app. */
  public constructor(scope: Construct, id: string, { appId }: { readonly appId: string }) {
    const { namespace } = EventPlatform.of(scope).environment;
    const job = `job="${namespace}/${appId}"`;
    const labels = { app: appId };
    super(scope, id, {
      name: `${appId}-projections`,
      alerts: [
        {
          name: 'ProjectionBehind',
          // A version that is built beside the one that is read may be behind.
          query: `min by (projection) (max by (projection, version) (${RUNTIME_METRICS.projectionLag}{${job}})) > ${MAX_LAG}`,
          for: Duration.minutes(2),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `the projection {{ $labels.projection }} of ${appId} is {{ $value | humanizeDuration }} behind`,
          description: `What is read from its tables is as old as that. It has stopped, it is too slow for what is appended, or a transaction holds events back from all readers. Look at projection_stopped, and the table projections, which has the last error.`,
        },
        {
          name: 'ProjectionStopped',
          query: `max by (projection, version) (${RUNTIME_METRICS.projectionStopped}{${job}}) > 0`,
          for: Duration.minutes(1),
          severity: AlertSeverity.CRITICAL,
          labels,
          summary: `{{ $value }} event stops the projection {{ $labels.projection }}, version {{ $labels.version }}, of ${appId}`,
          description: `Its handler fails at this event, and none behind it is projected. The table projections has the event and the error. Correct the handler, and deploy: the projection goes on by itself. A new version that has stopped is never read, and its rollout waits.`,
        },
      ],
    });
  }
}
