import { dueTimes } from '@cdk8s-event-platform/contracts/internal';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import { type Job, parseScheduleKey } from './job.ts';
import { type AdoptionTimes, DISABLED, type JobRow, type JobStore } from './job-store.ts';
import { runAll } from '../process/housekeeping.ts';
import type { SchedulerApi } from './scheduler-api.ts';

/** Options of {@link JobRegistrar}. */
export interface JobRegistrarOptions {
  readonly jobs: readonly Job[];
  readonly store: JobStore;
  readonly scheduler: SchedulerApi;
  readonly metrics: RuntimeMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Time after which no process has a schedule any more that none has said it has, in milliseconds. */
const UNSEEN = 120_000;
/** Time between two notes that a process has a schedule, in milliseconds. */
const SEEN_FOR = 20_000;
/** Tries to register a due time while others move it on. */
const MAX_TRIES = 3;

/**
 * Registers the due times that the table of jobs has with the scheduler. Schedules of a process that started later
 * replace those of one that started earlier, and any process replaces or removes what none has any more: pods of two
 * versions of an app do not fight.
 */
export class JobRegistrar {
  readonly #startedAt: Date;

  public constructor(private readonly options: JobRegistrarOptions) {
    this.#startedAt = new Date(options.now());
  }

  /** Brings table and scheduler up to date. @returns how much was changed. */
  public async round(): Promise<number> {
    const { jobs, store } = this.options;
    const rows = new Map((await store.rows()).map((row) => [row.job, row]));
    let changes = 0;
    const change = (what: () => Promise<number | boolean>) => async () => {
      changes += Number(await what());
    };
    // One that fails keeps no other one waiting, and what is overdue is known also without a scheduler.
    await runAll([
      ...jobs.map((job) => change(() => this.#takeOver(job, rows.get(job.name)))),
      () => this.measure(),
      () => this.#see(rows),
      ...[...rows.values()].map((row) => change(() => this.#removeUnknown(row))),
      ...jobs.flatMap(({ name, schedule }) =>
        schedule === undefined ? [] : [change(() => this.register(name))],
      ),
    ]);
    return changes;
  }

  /**
   * Registers the next due time of a job, unless the scheduler has it.
   *
   * @returns whether it had another one, or none.
   */
  public async register(job: string): Promise<boolean> {
    const { store, scheduler } = this.options;
    let registered = false;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const due = (await store.row(job))?.next_due?.toISOString();
      if (due === undefined || (await scheduler.dueOf(job)) === due) {
        return registered;
      }
      await scheduler.register(job, due);
      // A run may have moved it on since the row was read: then the next one is looked at.
      registered = true;
    }
    return registered;
  }

  /** Measures how long jobs have been due. */
  public async measure(): Promise<void> {
    const { jobs, store, metrics, now } = this.options;
    const declared = new Set(
      jobs.filter(({ schedule }) => schedule !== undefined).map(({ name }) => name),
    );
    const rows = (await store.rows()).filter(({ job }) => declared.has(job));
    metrics.jobsOverdue(
      Object.fromEntries(
        rows.map(({ job, next_due }) => [
          job,
          next_due === null ? 0 : Math.max(0, (now() - next_due.getTime()) / 1000),
        ]),
      ),
    );
  }

  get #times(): AdoptionTimes {
    return { startedAt: this.#startedAt, now: new Date(this.options.now()) };
  }

  async #takeOver({ name, schedule }: Job, row: JobRow | undefined): Promise<number> {
    const { store, scheduler } = this.options;
    const key = schedule ?? DISABLED;
    if (row === undefined) {
      await store.add(name, key, this.#firstDue(schedule, null), this.#times);
      return 1;
    }
    const isLater = this.#startedAt > row.adopted_at;
    if (row.schedule === key || !(isLater || this.#isUnseen(row))) {
      return 0;
    }
    await store.adopt(row, key, this.#firstDue(schedule, row.last_due), this.#times);
    if (schedule === undefined) {
      await scheduler.remove(name);
    }
    return 1;
  }

  /** The first due time of a schedule that is taken over now; null where none is left. */
  #firstDue(schedule: string | undefined, lastDue: Date | null): Date | null {
    if (schedule === undefined) {
      return null;
    }
    const parsed = parseScheduleKey(schedule);
    const last = lastDue?.getTime() ?? -Infinity;
    if (parsed.at !== undefined) {
      // What runs once and has not run is due, however late it is, and whatever the job has done before.
      const at = Date.parse(parsed.at);
      return at === last ? null : new Date(at);
    }
    const next = dueTimes(parsed).next(Math.max(last, this.options.now()));
    return next === undefined ? null : new Date(next);
  }

  /** Removes what no image has any more: first from the scheduler, so that a crash in between is repeated. */
  async #removeUnknown(row: JobRow): Promise<number> {
    const { jobs, store, scheduler } = this.options;
    if (jobs.some(({ name }) => name === row.job) || !this.#isUnseen(row)) {
      return 0;
    }
    await scheduler.remove(row.job);
    await store.remove(row);
    return 1;
  }

  async #see(rows: ReadonlyMap<string, JobRow>): Promise<void> {
    const { jobs, store, now } = this.options;
    const seen = jobs
      .filter(({ name, schedule }) => {
        const row = rows.get(name);
        return (
          row?.schedule === (schedule ?? DISABLED) && now() - row.seen_at.getTime() >= SEEN_FOR
        );
      })
      .map(({ name }) => name);
    if (seen.length > 0) {
      await store.see(seen, new Date(now()));
    }
  }

  #isUnseen({ seen_at }: JobRow): boolean {
    return this.options.now() - seen_at.getTime() > UNSEEN;
  }
}
