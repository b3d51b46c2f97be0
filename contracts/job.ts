import { flag, must, oneOf, optional, type Shape, shapeProblems, shown, text } from './checks.ts';
import { scheduleProblems } from './cron.ts';
import { parseTimestamp } from './timestamp.ts';

/** What jobs that repeat and those that run once have in common. */
interface JobBase {
  /** Name of the job within the app: a DNS label, e.g. `cleanup`. */
  readonly name: string;
  /** One sentence on what the job does. */
  readonly description: string;
}

/** A job that repeats. */
export interface RepeatedJob extends JobBase {
  /**
   * When it is due, in UTC: five fields of cron (`0 3 * * *`), six with the second in front (`30 0 3 * * *`), a name
   * (`@daily`, `@hourly`), or an interval (`@every 5m`), whose due times are the multiples of it since 1970. Where day
   * of the month and day of the week are both given, one of them is enough.
   */
  readonly schedule: string;
  readonly at?: undefined;
  /**
   * What happens with due times at which the app could not run: `latest` runs the latest of them, and tells how many
   * were missed; `each` runs every one of them, in their order.
   *
   * @default 'latest'
   */
  readonly catchUp?: 'latest' | 'each';
}

/** A job that runs once. */
export interface OneTimeJob extends JobBase {
  /** When it is due, as RFC 3339, e.g. `2026-12-01T09:00:00Z`. A time that is over is due at once. */
  readonly at: string;
  readonly schedule?: undefined;
  readonly catchUp?: undefined;
}

/** Something that an app does at times, rather than after an event or a request. */
export type JobDeclaration = RepeatedJob | OneTimeJob;

/** What a platform says of a job, in one environment. */
export interface JobOverride {
  /** Another schedule. @default - that of the manifest */
  readonly schedule?: string | undefined;
  /** Whether it runs. @default true */
  readonly enabled?: boolean | undefined;
}

const MAX_NAME_LENGTH = 63;
const DNS_LABEL = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

const SHAPE: Shape<{
  readonly [Name in keyof RepeatedJob | keyof OneTimeJob]-?: Name extends 'name' | 'description'
    ? string
    : string | undefined;
}> = {
  name: must(
    (value) =>
      typeof value === 'string' && DNS_LABEL.test(value) && value.length <= MAX_NAME_LENGTH,
    `must be a DNS label of at most ${MAX_NAME_LENGTH} characters: use a-z, 0-9 and '-', starting with a letter, e.g. cleanup`,
  ),
  description: text,
  schedule: optional(text),
  at: optional(text),
  catchUp: optional(oneOf('latest', 'each')),
};

const OVERRIDE: Shape<JobOverride> = { schedule: optional(text), enabled: optional(flag) };

/** What is wrong with the schedule in a property. */
function problemsOfSchedule(what: string, schedule: string | undefined): string[] {
  return schedule === undefined
    ? []
    : scheduleProblems(schedule).map(
        (problem) => `${what} (${shown(schedule)}) is not valid: ${problem}`,
      );
}

function problemsOf(what: string, job: unknown): readonly string[] {
  const problems = shapeProblems(job, SHAPE, `${what}.`);
  if (problems.length > 0) {
    return problems;
  }
  const { schedule, at, catchUp } = job as Partial<Record<'schedule' | 'at' | 'catchUp', string>>;
  if ((schedule === undefined) === (at === undefined)) {
    return [
      `${what} has ${at === undefined ? 'neither schedule nor at' : 'schedule and at'}: say schedule for a job that repeats, or at for one that runs once`,
    ];
  }
  return [
    ...problemsOfSchedule(`${what}.schedule`, schedule),
    ...(at !== undefined && parseTimestamp(at) === undefined
      ? [`${what}.at (${shown(at)}) is not a time of RFC 3339: write it as 2026-12-01T09:00:00Z`]
      : []),
    ...(at !== undefined && catchUp !== undefined
      ? [`${what}.catchUp is about jobs that repeat, and this one runs once: leave it out`]
      : []),
  ];
}

/** Every reason why a list of jobs is not usable; empty when it is. */
export function jobProblems(what: string, jobs: unknown): readonly string[] {
  if (!Array.isArray(jobs)) {
    return [`${what} (${shown(jobs)}) must be a list`];
  }
  const problems = jobs.flatMap((job, index) => problemsOf(`${what}[${index}]`, job));
  if (problems.length > 0) {
    return problems;
  }
  const names = (jobs as readonly JobDeclaration[]).map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))].map(
    (name) => `${what} has two jobs '${name}': give each a name of its own`,
  );
}

/** Every reason why what an environment says of jobs does not fit those that are declared; empty when it does. */
export function overrideProblems(
  what: string,
  overrides: Readonly<Record<string, unknown>>,
  jobs: readonly JobDeclaration[],
): readonly string[] {
  return Object.entries(overrides).flatMap(([name, override]) => {
    const job = jobs.find((each) => each.name === name);
    if (job === undefined) {
      const known = jobs.map((each) => each.name).join(', ') || 'no jobs';
      return [`${what} names the job '${name}', which the manifest does not have: it has ${known}`];
    }
    const problems = shapeProblems(override, OVERRIDE, `${what}.${name}.`);
    const { schedule } = override as JobOverride;
    return problems.length > 0
      ? problems
      : [
          ...problemsOfSchedule(`${what}.${name}.schedule`, schedule),
          ...(schedule !== undefined && job.at !== undefined
            ? [`${what}.${name}.schedule is about a job that runs once: leave it out`]
            : []),
        ];
  });
}
