import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { JOBS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { dueTimes, parseTimestamp } from '@cdk8s-event-platform/contracts/internal';
import { runStatement } from '../database/database.ts';
import { describeFailure } from '../errors/failure.ts';
import { type Job, type JobHandler, jobsOf, parseScheduleKey } from '../jobs/job.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { type JobRow, JobStore } from '../jobs/job-store.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { silentLogger } from '../telemetry/logging.ts';

/** How a job is run. */
export interface JobUnderTest {
  /** Due time that it runs for, as RFC 3339. @default - the next one of its schedule */
  readonly due?: string;
  /** When it runs, as RFC 3339: due times that are over by then are missed. @default - at the due time */
  readonly at?: string;
}

/** What became of a run. */
export interface TestedRun {
  /**
   * - `done`: its effect is committed.
   * - `duplicate`: the due time was processed before, and had no second effect.
   * - `failed`: nothing is committed, and the scheduler calls again.
   */
  readonly outcome: 'done' | 'duplicate' | 'failed';
  /** Why it failed. @default - it has not */
  readonly problem?: string;
}

/** The jobs of an app in a test. */
export class JobsUnderTest {
  readonly #jobs: readonly Job[];
  readonly #store: JobStore;
  readonly #runner: JobRunner;
  #now = Date.now();

  public constructor(
    private readonly manifest: AppManifest,
    handlers: Readonly<Record<string, JobHandler>> | undefined,
    private readonly parts: { readonly pool: pg.Pool; readonly publisher: EventPublisher },
  ) {
    this.#jobs = jobsOf(manifest, handlers, {});
    this.#store = new JobStore(manifest.appId, parts.pool);
    this.#runner = new JobRunner({
      ...{ ...parts, manifest, jobs: this.#jobs, log: silentLogger, now: () => this.#now },
    });
  }

  /** @see TestApp.runJob */
  public async run(name: string, options: JobUnderTest): Promise<TestedRun> {
    const job = this.#jobs.find((each) => each.name === name);
    if (job?.schedule === undefined) {
      const known = this.#jobs.map((each) => each.name).join(', ') || 'no jobs';
      throw new Error(`${this.manifest.appId} has no job '${name}': it has ${known}`);
    }
    const due = await this.#due(job.name, job.schedule, options.due);
    this.#now = options.at === undefined ? due.getTime() : instant('at', options.at).getTime();
    const { outcome, error } = await this.#runner.run(name, due);
    return {
      outcome: outcome as TestedRun['outcome'],
      ...(error !== undefined && { problem: describeFailure(error) }),
    };
  }

  /** The due time of a run, which is the next one of the job unless it was processed. */
  async #due(job: string, schedule: string, given: string | undefined): Promise<Date> {
    const times = dueTimes(parseScheduleKey(schedule));
    const row = await this.#store.row(job);
    const first = times.next(Date.now()) ?? times.last(Date.now());
    const due = given === undefined ? nextOf(row, first) : instant('due', given);
    if (times.last(due.getTime()) !== due.getTime()) {
      const next = times.next(due.getTime());
      throw new Error(
        `due (${due.toISOString()}) is not a due time of the job '${job}' (${schedule})${next === undefined ? '' : `: the next one is ${new Date(next).toISOString()}`}`,
      );
    }
    const now = new Date();
    if (row === undefined) {
      await this.#store.add(job, schedule, due, { startedAt: now, now });
    } else if (row.last_due === null || row.last_due < due) {
      await runStatement(
        this.parts.pool,
        `UPDATE ${JOBS_TABLE} SET next_due = $3 WHERE app = $1 AND job = $2`,
        [this.manifest.appId, job, due],
      );
    }
    return due;
  }
}

/** The due time that comes next; that of the last run where none is left. */
function nextOf(row: JobRow | undefined, first: number | undefined): Date {
  return row?.next_due ?? row?.last_due ?? new Date(first ?? 0);
}

function instant(what: string, text: string): Date {
  const time = parseTimestamp(text);
  if (time === undefined) {
    throw new Error(
      `${what} ('${text}') is not a time of RFC 3339: write it as 2026-12-01T09:00:00Z`,
    );
  }
  return time;
}
