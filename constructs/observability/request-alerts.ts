import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity } from './alert-rules.ts';

/** Ratio of commands that may go without an answer. */
const MAX_UNANSWERED = 0.05;

/** An alert on commands that an app waits for the answers of in vain. */
export class RequestAlerts extends AlertRules {
  /** @param props id of the app that waits. */
  public constructor(scope: Construct, id: string, { appId }: { readonly appId: string }) {
    const { namespace } = EventPlatform.of(scope).environment;
    const requests = (selector: string) =>
      `sum by (type) (increase(${RUNTIME_METRICS.requests}{job="${namespace}/${appId}"${selector}}[5m]))`;
    super(scope, id, {
      name: `${appId}-requests`,
      alerts: [
        {
          name: 'CommandsUnanswered',
          query: `${requests(',result="timed_out"')} / ${requests('')} > ${MAX_UNANSWERED}`,
          for: Duration.minutes(5),
          severity: AlertSeverity.WARNING,
          labels: { app: appId },
          summary: `{{ $value | humanizePercentage }} of the commands {{ $labels.type }} of ${appId} were not answered in time`,
          description:
            'The app that handles them is late, fails, or is not there; each command may still be carried out. Look at its lag and its quarantine.',
        },
      ],
    });
  }
}
