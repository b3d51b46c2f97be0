import { Cron } from 'croner';
import { CRON_NICKNAMES, intervalOf } from './cron.ts';
import { parseTimestamp } from './timestamp.ts';

/** When a job is due. Times are milliseconds since 1970. */
export interface DueTimes {
  /** The first due time after another time; undefined when none is left. */
  next(after: number): number | undefined;
  /** The last due time at a time or before it; undefined when none was. */
  last(until: number): number | undefined;
}

/** Due times that are told apart at most. */
const MAX_COUNTED = 1_000;

/** Multiples of an interval since 1970: the same for every process, whenever it began to count. */
function everyInterval(interval: number): DueTimes {
  return {
    next: (after) => (Math.floor(after / interval) + 1) * interval,
    last: (until) => Math.floor(until / interval) * interval,
  };
}

function byPattern(pattern: string): DueTimes {
  const cron = new Cron(pattern, { utcOffset: 0 });
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
    // The library looks before a time, in whole seconds.
    last: (until) => {
      const second = Math.floor(until / 1000) * 1000;
      return cron.previousRuns(1, new Date(second + 1000))[0]?.getTime();
    },
  };
}

function once(at: number): DueTimes {
  return {
    next: (after) => (after < at ? at : undefined),
    last: (until) => (until < at ? undefined : at),
  };
}

/** When a job is due, by a schedule or a time that is valid. */
export function dueTimes(job: {
  readonly schedule?: string | undefined;
  readonly at?: string | undefined;
}): DueTimes {
  const { schedule, at } = job;
  if (schedule === undefined) {
    return once(parseTimestamp(at!)!.getTime());
  }
  const interval = intervalOf(schedule);
  return interval === undefined
    ? byPattern(CRON_NICKNAMES[schedule] ?? schedule)
    : everyInterval(interval);
}

/**
 * Number of due times from one on, which is counted, to another one, which is not.
 *
 * @returns at most 1000: more are not told apart.
 */
export function countDueTimes(times: DueTimes, from: number, to: number): number {
  let count = 0;
  for (let due: number | undefined = from; due !== undefined && due < to; due = times.next(due)) {
    if (++count === MAX_COUNTED) {
      break;
    }
  }
  return count;
}
