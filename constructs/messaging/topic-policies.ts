import { Duration } from 'cdk8s';
import { must, type Check } from '@cdk8s-event-platform/contracts/internal';

/**
 * How long a topic keeps events: for a time, for good (`unlimited`), or the newest event of each key for good
 * (`compacted`).
 */
export type Retention = Duration | 'unlimited' | 'compacted';

/** Where a consumer group that is new starts in a topic: at its first event, behind its last, or at a time. */
export type StartPosition = 'beginning' | 'now' | Date;

/** A consumer group and where it starts in a topic. */
export interface GroupStart {
  /** Name of the topic. */
  readonly topic: string;
  /** Consumer group, as the broker knows it. */
  readonly group: string;
  /** Where the group starts. */
  readonly start: StartPosition;
}

/** Longer than any offset or file has to be kept. */
const FOR_GOOD = Duration.days(36_500);

/** Whether events are kept for a time only. */
export function isTimed(retention: Retention): retention is Duration {
  return typeof retention !== 'string';
}

/** A retention in words, e.g. `7 days` or `unlimited`. */
export function retentionText(retention: Retention): string {
  return isTimed(retention) ? retention.toHumanString() : retention;
}

/** The time for which events may be there: a hundred years where they are kept for good. */
export function longestRetention(retention: Retention): Duration {
  return isTimed(retention) ? retention : FOR_GOOD;
}

/** What a retention must be. */
export const RETENTION: Check = must(
  (value) =>
    value === 'unlimited' ||
    value === 'compacted' ||
    (typeof value === 'object' &&
      value !== null &&
      'toMilliseconds' in value &&
      'toHumanString' in value),
  "must be a Duration, e.g. Duration.days(30), 'unlimited' or 'compacted'",
);

/** What a start must be. */
export const START_POSITION: Check = must(
  (value) =>
    value === 'beginning' ||
    value === 'now' ||
    (value instanceof Date && !Number.isNaN(value.getTime())),
  "must be 'beginning', 'now' or a valid Date",
);
