import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { JobDeclaration, JobOverride } from '@cdk8s-event-platform/contracts';
import {
  coded,
  duration,
  flag,
  having,
  optional,
  overrideProblems,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { requireProps, reportAll } from '../core/problems.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import { JobAlerts } from '../observability/job-alerts.ts';

/** What a platform says of a job of an app, in its environment. */
export interface DaprJobOptions {
  /** Another schedule, such as a rarer one outside of production. @default - that of the manifest */
  readonly schedule?: string;
  /** Whether the job runs. Without it nothing is due, and none of its due times is made up for later. @default true */
  readonly enabled?: boolean;
  /** How long its due time may be over before JobOverdue fires. @default 5 minutes */
  readonly maxDelay?: Duration;
}

/** What each option must be. @internal */
export const DAPR_JOB_OPTIONS: Shape<DaprJobOptions> = {
  schedule: optional(text),
  enabled: optional(flag),
  maxDelay: optional(duration),
};

/** Properties of {@link DaprJob}. */
export interface DaprJobProps extends DaprJobOptions {
  /** The app whose job it is. */
  readonly app: IEventApp;
  /** What its manifest says of the job. */
  readonly job: JobDeclaration;
}

const DEFAULT_MAX_DELAY = Duration.minutes(5);

/**
 * A job of an app. Dapr has no object for it: the app registers each due time with Dapr's scheduler, by what its
 * manifest and its environment say, and its alerts are rendered here. An {@link EventApp} makes one for each job of its
 * manifest.
 *
 * @see https://docs.dapr.io/developing-applications/building-blocks/jobs/
 */
export class DaprJob extends Construct {
  /** Name of the job within the app. */
  public readonly name: string;
  /** When it is due, in this environment; undefined for a job that runs once. */
  public readonly schedule: string | undefined;
  /** When it is due, for a job that runs once. */
  public readonly at: string | undefined;
  /** Whether it runs in this environment. */
  public readonly enabled: boolean;
  /** How long its due time may be over before JobOverdue fires. */
  public readonly maxDelay: Duration;
  /** Alerts on due times that are over, and on runs that fail; undefined where it does not run. */
  public readonly alerts: JobAlerts | undefined;
  /** What the app is told of it; undefined where that is what its manifest says. @internal */
  public readonly override: JobOverride | undefined;

  public constructor(scope: Construct, id: string, props: DaprJobProps) {
    super(scope, id);
    requireProps<DaprJobProps>(this, props, {
      ...DAPR_JOB_OPTIONS,
      app: having('an app, e.g. an EventApp', 'appId', 'manifest'),
      job: having('a job of a manifest', 'name', 'description'),
    });
    const { app, job, schedule, enabled = true, maxDelay = DEFAULT_MAX_DELAY } = props;
    reportAll(
      this,
      coded(
        'EP1001',
        ...jobOptionProblems(
          { [job.name]: { ...(schedule !== undefined && { schedule }), maxDelay } },
          [job],
        ),
      ),
    );
    this.name = job.name;
    this.schedule = schedule ?? job.schedule;
    this.at = job.at;
    this.enabled = enabled;
    this.maxDelay = maxDelay;
    this.override =
      schedule === undefined && enabled
        ? undefined
        : { ...(schedule !== undefined && { schedule }), ...(!enabled && { enabled }) };
    this.alerts = enabled
      ? new JobAlerts(this, 'alerts', { appId: app.appId, job: job.name, maxDelay })
      : undefined;
  }
}

/** What is wrong with what a platform says of the jobs of an app; empty when nothing is. @internal */
export function jobOptionProblems(
  options: Readonly<Record<string, DaprJobOptions>>,
  jobs: readonly JobDeclaration[],
): readonly string[] {
  const overrides = Object.fromEntries(
    Object.entries(options).map(([name, { schedule, enabled }]) => [name, { schedule, enabled }]),
  );
  return [
    ...overrideProblems('jobs', overrides, jobs),
    ...Object.entries(options).flatMap(([name, { maxDelay }]) =>
      maxDelay !== undefined && maxDelay.toMilliseconds() < 1000
        ? [`jobs.${name}.maxDelay (${maxDelay.toHumanString()}) must be at least a second`]
        : [],
    ),
  ];
}
