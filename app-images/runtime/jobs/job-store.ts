import type pg from 'pg';
import { JOBS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { runStatement, type Transaction } from '../database/database.ts';
import { storable } from '../database/storable.ts';

/** What the table knows of a job. */
export interface JobRow {
  readonly job: string;
  /** As `scheduleKey` writes it, or {@link DISABLED}. */
  readonly schedule: string;
  /** Null where nothing is due any more. */
  readonly next_due: Date | null;
  readonly last_due: Date | null;
  readonly attempts: number;
  readonly adopted_at: Date;
  readonly seen_at: Date;
}

/** Schedule of a job that the platform has switched off. */
export const DISABLED = 'disabled';

const COLUMNS = 'job, schedule, next_due, last_due, attempts, adopted_at, seen_at';

/** The rows of one app in the table of jobs. Times are the app's own clock's. */
export class JobStore {
  public constructor(
    private readonly app: string,
    private readonly pool: pg.Pool,
  ) {}

  public async rows(): Promise<readonly JobRow[]> {
    const { rows } = await runStatement<JobRow & pg.QueryResultRow>(
      this.pool,
      `SELECT ${COLUMNS} FROM ${JOBS_TABLE} WHERE app = $1 ORDER BY job`,
      [this.app],
    );
    return rows;
  }

  public async row(job: string): Promise<JobRow | undefined> {
    return (await this.rows()).find((row) => row.job === job);
  }

  /** Adds a job, unless another pod has. */
  public async add(
    job: string,
    schedule: string,
    nextDue: Date | null,
    times: AdoptionTimes,
  ): Promise<void> {
    await runStatement(
      this.pool,
      `INSERT INTO ${JOBS_TABLE} (app, job, schedule, next_due, adopted_at, seen_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [this.app, job, schedule, nextDue, times.startedAt, times.now],
    );
  }

  /** Gives a job another schedule, unless another pod has in the meantime. */
  public async adopt(
    row: JobRow,
    schedule: string,
    nextDue: Date | null,
    times: AdoptionTimes,
  ): Promise<void> {
    await runStatement(
      this.pool,
      `UPDATE ${JOBS_TABLE} SET schedule = $3, next_due = $4, attempts = 0, error = NULL, adopted_at = $5, seen_at = $6
       WHERE app = $1 AND job = $2 AND schedule = $7 AND adopted_at = $8 AND last_due IS NOT DISTINCT FROM $9`,
      [
        ...[this.app, row.job, schedule, nextDue, times.startedAt, times.now],
        ...[row.schedule, row.adopted_at, row.last_due],
      ],
    );
  }

  /** Notes that a process has the schedules of these jobs. One that is running is known to have a process. */
  public async see(jobs: readonly string[], now: Date): Promise<void> {
    await runStatement(
      this.pool,
      `UPDATE ${JOBS_TABLE} SET seen_at = $3 WHERE (app, job) IN (
         SELECT app, job FROM ${JOBS_TABLE} WHERE app = $1 AND job = ANY ($2) FOR UPDATE SKIP LOCKED)`,
      [this.app, jobs, now],
    );
  }

  /** Removes a job, unless a process has said in the meantime that it has it. */
  public async remove({ job, seen_at }: JobRow): Promise<void> {
    await runStatement(
      this.pool,
      `DELETE FROM ${JOBS_TABLE} WHERE app = $1 AND job = $2 AND seen_at = $3`,
      [this.app, job, seen_at],
    );
  }

  /** Locks the row of a job. @throws an error of the class `conflict` when another transaction has it */
  public async lock(tx: Transaction, job: string): Promise<JobRow | undefined> {
    const { rows } = await tx.query<JobRow & pg.QueryResultRow>(
      `SELECT ${COLUMNS} FROM ${JOBS_TABLE} WHERE app = $1 AND job = $2 FOR UPDATE NOWAIT`,
      [this.app, job],
    );
    return rows[0];
  }

  /** Moves a job on, in the transaction of its run. */
  public async moveOn(
    tx: Transaction,
    job: string,
    lastDue: Date,
    nextDue: Date | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE ${JOBS_TABLE} SET last_due = $3, next_due = $4, last_run_at = now(), attempts = 0, error = NULL
       WHERE app = $1 AND job = $2`,
      [this.app, job, lastDue, nextDue],
    );
  }

  /** Notes that a run has failed. */
  public async fail(job: string, due: Date, error: string): Promise<void> {
    await runStatement(
      this.pool,
      `UPDATE ${JOBS_TABLE} SET attempts = attempts + 1, error = $4 WHERE app = $1 AND job = $2 AND next_due = $3`,
      [this.app, job, due, storable(error)],
    );
  }
}

/** Times of a process that takes a schedule over. */
export interface AdoptionTimes {
  readonly startedAt: Date;
  readonly now: Date;
}
