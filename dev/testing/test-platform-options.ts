import type { TestedApp } from './app-in-test.ts';

/** A length of time, such as `Duration.minutes(5)` of cdk8s. */
export interface TimeSpan {
  /** Its milliseconds. */
  toMilliseconds(): number;
}

/** Settings of `testPlatform`. */
export interface TestPlatformOptions {
  /** What each app does, by app id: a consumer, or manifest, handlers and routes of a service. */
  readonly apps: Readonly<Record<string, TestedApp>>;
  /** Apps that do not run, e.g. in another language: events wait for them. @default - all apps run */
  readonly without?: readonly string[];
  /**
   * Connection string of a role that may create databases and roles.
   *
   * @default - `DATABASE_URL`, or the server that `PGHOST` and libpq's other variables name, or one of the process
   */
  readonly url?: string;
  /** Seed of faults. @default 1 */
  readonly seed?: number;
  /** Real time within which `settle` must end. @default - 4 s, below the 5 s that a test has in vitest and jest */
  readonly restWithin?: TimeSpan;
}
