import { Duration } from 'cdk8s';

/** How often, and how far apart, a delivery that failed is tried again. */
export interface RetryPolicy {
  /** Tries after the first, 1 or more. Then the event goes to the dead letters. */
  readonly maxRetries: number;
  /** Longest wait between two tries. */
  readonly maxInterval: Duration;
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

/** Every reason why a policy would lose or block events; empty when it would not. */
export function retryProblems(policy: RetryPolicy): string[] {
  if (policy.maxRetries === -1) {
    return [
      'maxRetries (-1) retries for ever: the dead-letter topic would never be reached and the partition would stand still; use 1 or more, e.g. 9',
    ];
  }
  if (!Number.isInteger(policy.maxRetries) || policy.maxRetries < 1) {
    return [
      `maxRetries (${policy.maxRetries}) sends an event to the dead letters on its first failure: use 1 or more, e.g. 9`,
    ];
  }
  const interval = policy.maxInterval.toSeconds({ integral: false });
  if (!(interval > 0) || !Number.isInteger(interval * 1000)) {
    return [
      `maxInterval (${interval} s) leaves no time between tries: use 1 second or more, e.g. 10 seconds`,
    ];
  }
  return [];
}
