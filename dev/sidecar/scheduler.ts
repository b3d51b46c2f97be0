import { setTimeout as sleep } from 'node:timers/promises';

/** The time of a sidecar, and who waits for it. */
export interface Scheduler {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits for a time in milliseconds, or until the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** A signal that is aborted after a time in milliseconds. */
  timeout(milliseconds: number): AbortSignal;
  /** Runs a task, which is busy until it ends. */
  run<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Waits for something that others do: the task is not busy for that time. */
  wait<Result>(event: Promise<Result>): Promise<Result>;
}

/** The clock of this machine. */
export const SYSTEM_SCHEDULER: Scheduler = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
  run: (task) => task(),
  wait: (event) => event,
};
