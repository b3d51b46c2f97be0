import type { AppManifest, JobDeclaration, JobOverride } from '@cdk8s-event-platform/contracts';
import { JOBS_ENV } from '@cdk8s-event-platform/contracts/interface';
import { overrideProblems, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { EventTransaction } from '../delivery/event-transaction.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Variables } from '../process/environment.ts';

/** One run of a job. */
export interface JobRun {
  /** The due time that it runs for. It is over when the app could not run before. */
  readonly due: Date;
  /** Earlier due times that this run stands for, since the app could not run: at most 1000 are counted. */
  readonly missed: number;
  /**
   * The run as an event, the same for each try of a due time: what events and side effects follow from. Of several effects of one
   * kind, each needs an id of its own, e.g. `{ ...event, id: event.id + order_id }`.
   */
  readonly event: CloudEvent;
}

/** Does what a job is for. What it does with `tx` is committed together with the record that the due time was processed. */
export type JobHandler = (tx: EventTransaction, run: JobRun) => Promise<void>;

/** A job with its handler, as it runs in this environment. */
export interface Job {
  readonly name: string;
  /** What {@link scheduleKey} makes of its schedule; undefined where it does not run. */
  readonly schedule: string | undefined;
  /** Whether every due time runs, or the latest of those that are over. */
  readonly catchUp: 'latest' | 'each';
  readonly handle: JobHandler;
}

/** What stands before the time of a job that runs once. */
const ONCE = 'at ';

/** A schedule as the table has it: that of a job which repeats, or the time of one that runs once. */
export function scheduleKey({ schedule, at }: JobDeclaration): string {
  return schedule ?? `${ONCE}${at}`;
}

/** What a schedule in the table stands for. */
export function parseScheduleKey(key: string): {
  readonly schedule?: string;
  readonly at?: string;
} {
  return key.startsWith(ONCE) ? { at: key.slice(ONCE.length) } : { schedule: key };
}

/** What the platform says of the jobs. @throws Error when that is no JSON object, or does not fit the manifest */
function overridesOf(
  { jobs = [] }: AppManifest,
  env: Variables,
): Readonly<Record<string, JobOverride>> {
  const given = env[JOBS_ENV];
  if (given === undefined) {
    return {};
  }
  const refuse = (problem: string): never => {
    throw new Error(withCode('EP8001', problem));
  };
  let overrides: unknown;
  try {
    overrides = JSON.parse(given);
  } catch {
    // Told below.
  }
  if (typeof overrides !== 'object' || overrides === null || Array.isArray(overrides)) {
    return refuse(`${JOBS_ENV} (${given}) must be a JSON object of jobs by their name`);
  }
  const problems = overrideProblems(JOBS_ENV, overrides as Record<string, unknown>, jobs);
  return problems.length > 0
    ? refuse(problems.join('; '))
    : (overrides as Readonly<Record<string, JobOverride>>);
}

/**
 * Joins the jobs of a manifest and their handlers.
 *
 * @param env variables. @default - those of the process
 * @throws Error when a job has no handler or a handler no job, or the platform says something else of them.
 */
export function jobsOf(
  manifest: AppManifest,
  handlers: Readonly<Record<string, JobHandler>> = {},
  env: Variables = process.env,
): readonly Job[] {
  const { appId, jobs = [] } = manifest;
  const names = jobs.map(({ name }) => name);
  const missing = names.filter((name) => !Object.hasOwn(handlers, name));
  const unknown = Object.keys(handlers).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Error(
      withCode(
        'EP8002',
        `${appId}: no handler for the job ${missing.join(', ')}: add one to 'jobs', or take it from the manifest's 'jobs'`,
      ),
    );
  }
  if (unknown.length > 0) {
    throw new Error(
      withCode(
        'EP8002',
        `${appId}: handler for the job ${unknown.join(', ')}, which is not declared: add it to the manifest's 'jobs'`,
      ),
    );
  }
  const overrides = overridesOf(manifest, env);
  return jobs.map((job) => {
    const { schedule, enabled = true } = overrides[job.name] ?? {};
    return {
      name: job.name,
      schedule: enabled ? (schedule ?? scheduleKey(job)) : undefined,
      catchUp: job.catchUp ?? 'latest',
      handle: handlers[job.name]!,
    };
  });
}
