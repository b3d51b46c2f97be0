import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import { type Alert, AlertRules, AlertSeverity, COUNT } from './alert-rules.ts';

/** Properties of {@link JobAlerts}. */
export interface JobAlertsProps {
  /** App id. */
  readonly appId: string;
  /** Name of the job. */
  readonly job: string;
  /** How long a due time may be over. */
  readonly maxDelay: Duration;
}

/** Alerts on a job that does not run, or fails. */
export class JobAlerts extends AlertRules {
  public constructor(scope: Construct, id: string, props: JobAlertsProps) {
    const { appId, job } = props;
    const { namespace } = EventPlatform.of(scope).environment;
    super(scope, id, {
      name: `${appId}-job-${job}`,
      alerts: [
        overdue(props, `job="${namespace}/${appId}",job_name="${job}"`),
        failing(props, `job="${namespace}/${appId}",job_name="${job}"`),
      ],
    });
  }
}

function overdue({ appId, job, maxDelay }: JobAlertsProps, selector: string): Alert {
  return {
    name: 'JobOverdue',
    query: `max(${RUNTIME_METRICS.jobOverdue}{${selector}}) > ${maxDelay.toSeconds()}`,
    for: Duration.minutes(1),
    severity: AlertSeverity.CRITICAL,
    labels: { app: appId, job_name: job },
    summary: `the job ${job} of ${appId} has been due for {{ $value | humanizeDuration }}`,
    description: `Its due time is over, and no run has committed. Look at the log of ${appId} for a run that fails, and whether its sidecar reaches Dapr's scheduler. The table scheduled_jobs has the last error.`,
  };
}

function failing({ appId, job }: JobAlertsProps, selector: string): Alert {
  return {
    name: 'JobFailing',
    query: `sum(increase(${RUNTIME_METRICS.jobRuns}{${selector},result="failed"}[5m])) > 0`,
    for: Duration.minutes(5),
    severity: AlertSeverity.WARNING,
    labels: { app: appId, job_name: job },
    summary: `${COUNT} runs of the job ${job} of ${appId} failed within 5 minutes`,
    description: `Nothing of a run that fails is committed, and it is repeated every ten seconds. Look at the log of ${appId}; the table scheduled_jobs has the last error.`,
  };
}
