import { Duration } from 'cdk8s';
import { duration, number, optional, type Shape } from '@cdk8s-event-platform/contracts/internal';

/** How often, and how far apart, a delivery that failed is tried again. */
export interface RetryPolicy {
  /** Tries after the first, 1 or more. Then the event goes to the dead letters. */
  readonly maxRetries: number;
  /** Longest wait between two tries. */
  readonly maxInterval: Duration;
  /**
   * First wait; each further one is twice as long, to the longest. Dapr has no first wait but its own, so as many
   * tries are made in the same time, equally far apart.
   * @default - Dapr's own: 500 ms, and half as long again each time
   */
  readonly minInterval?: Duration;
}

/**
 * Nine tries that grow apart to at most ten seconds.
 *
 * Dapr's exponential waits start at 500 ms and grow by half, and its CRD has no field to say
 * otherwise, so nine of them sum to about 35 s: the time of five doublings from one second. Fewer
 * would be used up before a container that crashed has started again.
 *
 * @see https://docs.dapr.io/operations/resiliency/policies/retries/retries-overview/
 */
export const DEFAULT_RETRIES: RetryPolicy = { maxRetries: 9, maxInterval: Duration.seconds(10) };

/** Waits of Dapr are up to half as long again as they say, or half as long. */
const LONGEST = 1.5;
/** Dapr's own first wait, in seconds, and how it grows. */
const FIRST = 0.5;
const GROWTH = 1.5;

/** How long the waits of a policy are, in seconds. */
export interface RetryTimes {
  /** All of them, on average. */
  readonly total: number;
  /** All of them, at most. */
  readonly longestTotal: number;
  /** One of them, at most. */
  readonly longestWait: number;
}

/** How long the waits of a policy are, as they are rendered. */
export function retryTimes({ maxRetries, maxInterval, minInterval }: RetryPolicy): RetryTimes {
  const most = maxInterval.toMilliseconds() / 1000;
  const [first, growth] =
    minInterval === undefined ? [FIRST, GROWTH] : [minInterval.toMilliseconds() / 1000, 2];
  let total = 0;
  let wait = first;
  let tries = 0;
  for (; tries < maxRetries && wait < most; tries++) {
    total += wait;
    wait *= growth;
  }
  total += (maxRetries - tries) * most;
  const last = tries < maxRetries ? most : wait / growth;
  return minInterval === undefined
    ? { total, longestTotal: total * LONGEST, longestWait: last * LONGEST }
    : // Equally far apart, and as long as they say.
      { total, longestTotal: total, longestWait: total / maxRetries };
}

/**
 * Every reason why a policy would lose or block events; empty when it would not.
 *
 * @param what names in front of the properties.
 */
export function retryProblems(policy: RetryPolicy, what = ''): string[] {
  const { maxRetries, maxInterval, minInterval } = policy;
  const problems: string[] = [];
  if (maxRetries === -1) {
    problems.push(
      `${what}maxRetries (-1) retries for ever: the dead-letter topic would never be reached and the partition would stand still; use 1 or more, e.g. 9`,
    );
  } else if (!Number.isInteger(maxRetries) || maxRetries < 1) {
    problems.push(
      `${what}maxRetries (${maxRetries}) sends an event to the dead letters on its first failure: use 1 or more, e.g. 9`,
    );
  }
  const intervals = Object.entries({ maxInterval, minInterval }).flatMap(([name, interval]) =>
    interval === undefined ? [] : [[name, interval.toSeconds({ integral: false })] as const],
  );
  const unusable = intervals.filter(
    ([, seconds]) => !(seconds > 0) || !Number.isInteger(seconds * 1000),
  );
  problems.push(
    ...unusable.map(
      ([name, seconds]) =>
        `${what}${name} (${seconds} s) is too short: use whole milliseconds, 1 or more, e.g. ${name === 'minInterval' ? 1 : 10} seconds`,
    ),
  );
  if (
    unusable.length === 0 &&
    minInterval !== undefined &&
    minInterval.toMilliseconds() > maxInterval.toMilliseconds()
  ) {
    problems.push(
      `${what}minInterval (${minInterval.toHumanString()}) exceeds maxInterval (${maxInterval.toHumanString()}): use at most ${maxInterval.toHumanString()}`,
    );
  }
  return problems;
}

/** What retries have to go together with. */
export interface RetryLimits {
  /** Time that a pod has to end what is in flight when it stops. */
  readonly drain: Duration;
  /** Time that all retries of a delivery may take on average. @default - the broker waits for ever */
  readonly maxRetryTime?: Duration | undefined;
}

/** Every reason why a policy does not go together with its pods and its broker; empty when it does. */
export function retryLimitProblems(
  policy: RetryPolicy,
  { drain, maxRetryTime }: RetryLimits,
  what = '',
): string[] {
  const { total, longestWait } = retryTimes(policy);
  const drainSeconds = drain.toMilliseconds() / 1000;
  const limit = maxRetryTime === undefined ? Infinity : maxRetryTime.toMilliseconds() / 1000;
  const problems: string[] = [];
  if (longestWait > drainSeconds) {
    problems.push(
      `${what}maxInterval (${policy.maxInterval.toHumanString()}) may have a delivery wait for ${rounded(longestWait)} s, and a pod that stops ends it after the drain (${drain.toHumanString()}), so that its tries begin again: use a maxInterval of at most ${Math.floor((drainSeconds / LONGEST) * 10) / 10} seconds, or a drain of ${Math.ceil(longestWait)} seconds`,
    );
  }
  if (total > limit) {
    problems.push(
      `${what}maxRetries (${policy.maxRetries}) take ${rounded(total)} s on average, and beyond ${rounded(limit)} s the broker delivers the event again before it gets to the dead letters: use fewer, or shorter intervals`,
    );
  }
  return problems;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** Types of a policy's properties. */
export const RETRY_POLICY: Shape<RetryPolicy> = {
  maxRetries: number(),
  maxInterval: duration,
  minInterval: optional(duration),
};
