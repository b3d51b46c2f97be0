import type { Migration } from '../app-manifest.ts';

/** Name of the table of when the jobs of apps are due, and what became of their last runs. */
export const JOBS_TABLE = 'scheduled_jobs';

/** Environment variable with what a platform says of an app's jobs: a JSON object of overrides, by name. @default - nothing */
export const JOBS_ENV = 'JOB_OVERRIDES';

const JOB_ROUTE = /^\/job\/([^/]+)$/;

/** Path at which the sidecar calls an app for a job. */
export function jobRoute(name: string): string {
  return `/job/${name}`;
}

/** The job that a path is of; undefined for another path. */
export function jobOfRoute(path: string): string | undefined {
  return JOB_ROUTE.exec(path)?.[1];
}

/**
 * Jobs of apps. `next_due` is the due time that runs next, and is moved on in the transaction of a run: a due time
 * that is not there has been processed. It is null where nothing is due any more. `adopted_at` is the start of the
 * process that took the schedule over, and `seen_at` when a process that has it last said so.
 */
export const JOBS_MIGRATION: Migration = {
  name: '0011-jobs',
  sql: `CREATE TABLE ${JOBS_TABLE} (
  app text COLLATE "C" NOT NULL,
  job text COLLATE "C" NOT NULL,
  schedule text NOT NULL,
  next_due timestamptz,
  last_due timestamptz,
  last_run_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  error text,
  adopted_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (app, job)
);
ALTER TABLE ${JOBS_TABLE} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${JOBS_TABLE} USING (app = split_part(current_user, '.', 2));`,
};
