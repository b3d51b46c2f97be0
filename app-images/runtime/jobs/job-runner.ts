import { inTrace } from '../telemetry/current-trace.ts';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { countDueTimes, dueTimes } from '@cdk8s-event-platform/contracts/internal';
import { inTransaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { eventTransaction } from '../delivery/event-transaction.ts';
import { classifyFailure, describeFailure } from '../errors/failure.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import type { Logger } from '../telemetry/logging.ts';
import { type Job, parseScheduleKey } from './job.ts';
import { type JobRow, JobStore } from './job-store.ts';

/** How a call for a job ended. */
export type JobOutcome =
  /** Its effect is committed. */
  | 'done'
  /** The due time was processed before, or is no longer due. */
  | 'duplicate'
  /** It is called again: the handler failed, or the database. */
  | 'failed'
  /** Neither the image nor the table has the job. */
  | 'unknown';

/** Result of a call for a job. */
export interface JobResult {
  readonly outcome: JobOutcome;
  /** Why it failed. @default - it has not */
  readonly error?: unknown;
}

/** Options of {@link JobRunner}. */
export interface JobRunnerOptions {
  readonly manifest: AppManifest;
  readonly jobs: readonly Job[];
  readonly pool: pg.Pool;
  readonly publisher: EventPublisher;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A run as an event: the same for each try of a due time. */
function runEvent(
  { appId, source = `/${appId}` }: AppManifest,
  job: string,
  due: Date,
  traceparent: string | undefined,
): CloudEvent {
  return {
    specversion: '1.0',
    id: `job:${job}@${due.toISOString()}`,
    ...{ source, type: `${appId}.job.${job}`, time: due.toISOString(), data: {} },
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Runs jobs, each due time once: the row of a job moves on in the transaction of its run. */
export class JobRunner {
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #store: JobStore;

  public constructor(private readonly options: JobRunnerOptions) {
    const { manifest, jobs, pool } = options;
    this.#jobs = new Map(jobs.map((job) => [job.name, job]));
    this.#store = new JobStore(manifest.appId, pool);
  }

  /** Runs a job for a due time, unless that was processed before. Never throws. */
  public async run(name: string, due: Date, traceparent?: string): Promise<JobResult> {
    const job = this.#jobs.get(name);
    try {
      if (job === undefined) {
        return await this.#undeclared(name);
      }
      const outcome = await inTransaction(this.options.pool, async (tx) => {
        const row = await onPlatformTables(() => this.#store.lock(tx, name));
        if (row?.next_due?.getTime() !== due.getTime()) {
          return 'duplicate';
        }
        const { run, missed, next } = this.#timesOf(row, job, due.getTime());
        const event = runEvent(this.options.manifest, name, run, traceparent);
        const { publisher, manifest } = this.options;
        // Before the handler: a failure that it hides is then found at the commit.
        await onPlatformTables(() => this.#store.moveOn(tx, name, run, next));
        await inTrace(event.traceparent, () =>
          job.handle(eventTransaction(tx, { consumer: manifest.appId, publisher, cause: event }), {
            ...{ due: run, missed, event },
          }),
        );
        return 'done';
      });
      return { outcome };
    } catch (error) {
      await this.#note(name, due, error);
      return { outcome: 'failed', error };
    }
  }

  /** The due time that runs, those before it that it stands for, and the one after it. */
  #timesOf({ schedule }: JobRow, { catchUp }: Job, due: number) {
    const times = dueTimes(parseScheduleKey(schedule));
    const until = Math.max(due, this.options.now());
    const run = catchUp === 'each' ? due : (times.last(until) ?? due);
    const next = times.next(run);
    return {
      run: new Date(run),
      missed: countDueTimes(times, due, run),
      next: next === undefined ? null : new Date(next),
    };
  }

  /** A job of another version of the image is called again, until that has it, or the job is removed. */
  async #undeclared(name: string): Promise<JobResult> {
    const row = await this.#store.row(name);
    return row === undefined
      ? { outcome: 'unknown' }
      : { outcome: 'failed', error: new Error('this image has no such job, and another one has') };
  }

  /** Notes a failure that the handler is the reason for. */
  async #note(name: string, due: Date, error: unknown): Promise<void> {
    const kind = classifyFailure(error);
    if (kind === 'unavailable' || kind === 'conflict') {
      return;
    }
    await this.#store.fail(name, due, describeFailure(error)).catch((reason: unknown) => {
      this.options.log.warn({ job: name, reason: describeFailure(reason) }, 'failure not recorded');
    });
  }
}
