import { factor, median, percent } from './statistics.ts';

/** What is to be reached. Every one of them fails the run when it is missed. */
export const AIMS = {
  timesSource: 25,
  timesDaprServer: 10,
  ofDatabase: 0.5,
  keptWithPoison: 0.7,
  /** After a bare `node:http` server. */
  listeningMilliseconds: 150,
} as const;

/** An aim, and what was measured. */
export interface Verdict {
  readonly aim: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** A ratio of medians that must be at least `min`; undefined when one was not measured. */
export function atLeast(
  aim: string,
  values: readonly number[] | undefined,
  to: readonly number[] | undefined,
  min: number,
  write: typeof factor | typeof percent,
): Verdict | undefined {
  if (values === undefined || to === undefined || values.length === 0 || to.length === 0) {
    return undefined;
  }
  const ratio = median(values) / median(to);
  return {
    aim: `${aim} at least ${write(min)}`,
    measured: write(ratio),
    reached: ratio >= min,
  };
}

/** A value that must be at most `max`. */
export function atMost(aim: string, value: number, max: number, unit: string): Verdict {
  return {
    aim: `${aim} at most ${max} ${unit}`,
    measured: `${value.toFixed(0)} ${unit}`,
    reached: value <= max,
  };
}
