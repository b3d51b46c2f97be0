import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { EventPlatform } from '../platform/event-platform.ts';
import type { Register } from '../platform/registers.ts';
import { type Alert, AlertRules, AlertSeverity, COUNT } from './alert-rules.ts';
import { type DashboardLink, DashboardName } from './dashboard-link.ts';

/** Alerts of all apps with sagas, in the order of their declaration. */
export const SAGA_ALERTS: Register<SagaAlerts> = { name: 'saga-alerts' };

/** Properties of {@link SagaAlerts}. */
export interface SagaAlertsProps {
  /** App that runs the sagas. */
  readonly appId: string;
  /** Names of the sagas. */
  readonly sagas: readonly string[];
}

/** Alerts on sagas that somebody has to look at. */
export class SagaAlerts extends AlertRules {
  public readonly appId: string;
  public readonly sagas: readonly string[];

  public constructor(scope: Construct, id: string, { appId, sagas }: SagaAlertsProps) {
    const { namespace } = EventPlatform.of(scope).environment;
    const job = `job="${namespace}/${appId}"`;
    super(scope, id, { name: `${appId}-sagas`, alerts: [failed(appId, job), stuck(appId, job)] });
    this.appId = appId;
    this.sagas = sagas;
    EventPlatform.of(this).registers.enter(SAGA_ALERTS, this);
  }
}

function dashboard(appId: string): DashboardLink {
  return { dashboard: DashboardName.SAGAS, variables: { consumer: appId } };
}

/** Sagas of each step, as one of the pods has counted them. */
function counted(metric: string, selector: string): string {
  return `max by (saga, step) (${metric}{${selector}})`;
}

function failed(appId: string, job: string): Alert {
  return {
    name: 'SagaCompensationFailed',
    query: `${counted(RUNTIME_METRICS.sagasStuck, `${job},during="undo"`)} > 0`,
    for: Duration.minutes(1),
    severity: AlertSeverity.CRITICAL,
    labels: { app: appId },
    summary: `${COUNT} sagas {{ $labels.saga }} of ${appId} could not undo the step {{ $labels.step }}`,
    description:
      'What was done is half undone, and stays so until somebody retries. Look at the participant of the step, and then retry with event-platform sagas.',
    dashboard: dashboard(appId),
  };
}

function stuck(appId: string, job: string): Alert {
  const past = counted(RUNTIME_METRICS.sagasStuck, `${job},during="request"`);
  const overdue = counted(RUNTIME_METRICS.sagasOverdue, job);
  return {
    name: 'SagaStuck',
    query: `${past} > 0 or ${overdue} > 0`,
    for: Duration.minutes(5),
    severity: AlertSeverity.CRITICAL,
    labels: { app: appId },
    summary: `${COUNT} sagas {{ $labels.saga }} of ${appId} do not get past the step {{ $labels.step }}`,
    description:
      'The step has failed after the point of no return, was not answered in time and cannot be undone, or the code of the app fails at it. Look at the participant of the step, and at event-platform sagas show.',
    dashboard: dashboard(appId),
  };
}
