import { Duration } from 'cdk8s';
import { secondsProblem } from '../core/quantities.ts';
import type { AppOptions } from './app-options.ts';

/** Time that events in flight have to be finished, where nobody says otherwise. */
export const DEFAULT_DRAIN = Duration.seconds(25);
/** Seconds that a pod has after its drain. */
const AFTER_DRAIN = 15;

/** How long the pods of an app take to stop. */
export interface StopTimes {
  /** Time that events in flight have to be finished. */
  readonly drain: Duration;
  /** Time after which a pod is killed. */
  readonly grace: Duration;
}

/** The times of an app, defaults included. */
export function stopTimes({
  drain = DEFAULT_DRAIN,
  terminationGracePeriod,
}: AppOptions): StopTimes {
  const seconds = Math.ceil(drain.toSeconds({ integral: false }));
  return { drain, grace: terminationGracePeriod ?? Duration.seconds(seconds + AFTER_DRAIN) };
}

/** What is wrong with the times of an app. */
export function stopProblems(options: AppOptions): string[] {
  const { drain, grace } = stopTimes(options);
  const problems = [
    secondsProblem('drain', drain),
    options.terminationGracePeriod && secondsProblem('terminationGracePeriod', grace),
  ].filter((problem) => problem !== undefined);
  const [drainSeconds, graceSeconds] = [drain, grace].map((time) =>
    time.toSeconds({ integral: false }),
  );
  return problems.length > 0 || graceSeconds! > drainSeconds!
    ? problems
    : [
        `terminationGracePeriod (${grace.toHumanString()}) is not longer than the drain (${drain.toHumanString()}): pods would be killed with events in flight; use ${drainSeconds! + AFTER_DRAIN} seconds or more`,
      ];
}
