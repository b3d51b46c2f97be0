import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { JOBS_ENV } from '@cdk8s-event-platform/contracts/interface';
import {
  coded,
  mapOf,
  optional,
  type Problem,
  shaped,
} from '@cdk8s-event-platform/contracts/internal';
import {
  DAPR_JOB_OPTIONS,
  DaprJob,
  type DaprJobOptions,
  jobOptionProblems,
} from '../dapr/dapr-job.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import type { IEventApp } from '../messaging/event-app.ts';

/** What an environment says of an app's jobs. */
export type JobOptions = Readonly<Record<string, DaprJobOptions>>;

/** What they must be. */
export const jobOptionsCheck = optional(mapOf(shaped<DaprJobOptions>(DAPR_JOB_OPTIONS)));

/** What is wrong with the jobs of an app. */
export function appJobProblems(props: {
  readonly manifest: AppManifest;
  readonly jobs?: JobOptions;
  readonly database?: PostgresDatabase | undefined;
  readonly command?: readonly string[];
}): Problem[] {
  const { manifest, jobs: options = {}, database, command } = props;
  const { appId, jobs = [] } = manifest;
  return [
    ...coded(
      'EP4006',
      jobs.length > 0 &&
        database === undefined &&
        command === undefined &&
        `app manifest '${appId}' has jobs (${jobs.map(({ name }) => name).join(', ')}), and there is no database to remember which due times were processed: give it one, as the property 'database', or the 'command' of an image that remembers by itself`,
    ),
    ...coded('EP2005', ...jobOptionProblems(options, jobs)),
  ];
}

/** The jobs of an app, by name. */
export function addJobs(
  app: Construct & IEventApp,
  options: JobOptions = {},
): Readonly<Record<string, DaprJob>> {
  return Object.fromEntries(
    (app.manifest.jobs ?? []).map((job) => [
      job.name,
      new DaprJob(app, `job-${job.name}`, { ...options[job.name], app, job }),
    ]),
  );
}

/** What an app is told of its jobs, where that is not what its manifest says. */
export function jobsEnv(jobs: Readonly<Record<string, DaprJob>>): k8s.EnvVar[] {
  const overrides = Object.values(jobs).flatMap(({ name, override }) =>
    override === undefined ? [] : [[name, override] as const],
  );
  return overrides.length === 0
    ? []
    : [{ name: JOBS_ENV, value: JSON.stringify(Object.fromEntries(overrides)) }];
}
