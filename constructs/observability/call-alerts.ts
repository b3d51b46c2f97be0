import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { AlertRules, AlertSeverity, COUNT } from './alert-rules.ts';
import { DashboardName } from './dashboard-link.ts';

/** Alerts on an app whose calls of other apps fail. */
export class CallAlerts extends AlertRules {
  public constructor(scope: Construct, id: string, { appId }: { readonly appId: string }) {
    const job = `job="${EventPlatform.of(scope).environment.namespace}/${appId}"`;
    super(scope, id, {
      name: `${appId}-calls`,
      alerts: [
        {
          name: 'AppCallsFailing',
          query: `sum(increase(dapr_http_server_request_count{${job},path="/v1.0/invoke/",status=~"5.."}[5m])) > 0`,
          for: Duration.minutes(5),
          severity: AlertSeverity.WARNING,
          labels: { caller: appId },
          summary: `${COUNT} calls of other apps by ${appId} failed within 5 minutes`,
          description: `The app that is called answered with 5xx, or not at all. Look at the log of ${appId}, whose errors name the app and the reason, and at the pods of that app.`,
          dashboard: { dashboard: DashboardName.DAPR, variables: { app: appId } },
        },
      ],
    });
  }
}
