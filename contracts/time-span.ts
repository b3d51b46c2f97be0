import { type Check, shown } from './checks.ts';

/** A length of time as plain data, e.g. `{ minutes: 10 }`. Its parts add up. */
export interface TimeSpan {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const SECONDS: Readonly<Record<keyof TimeSpan, number>> = {
  days: 86_400,
  hours: 3_600,
  minutes: 60,
  seconds: 1,
};

/** A time span in seconds. */
export function secondsOf(span: TimeSpan): number {
  return Object.entries(span).reduce(
    (sum, [unit, amount]) => sum + SECONDS[unit as keyof TimeSpan] * Number(amount),
    0,
  );
}

/** A time span of whole seconds within bounds, in seconds. */
export function timeSpan(min: number, max: number): Check {
  return (what, value) => {
    const isSpan =
      typeof value === 'object' &&
      value !== null &&
      Object.entries(value).every(
        ([unit, amount]) => Object.hasOwn(SECONDS, unit) && Number.isFinite(amount),
      );
    if (!isSpan) {
      return [`${what} (${shown(value)}) must be a time span, e.g. { minutes: 10 }`];
    }
    const seconds = secondsOf(value);
    return Number.isInteger(seconds) && seconds >= min && seconds <= max
      ? []
      : [
          `${what} (${seconds} seconds) must be a whole number of seconds from ${min} to ${max}, e.g. { minutes: 10 }`,
        ];
  };
}
