/** Digits of a fraction of a second, at most: nanoseconds. */
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
/** What `Date.toISOString` writes of the years 0001 to 9999, and most producers with it. */
const AS_WRITTEN_BY_US = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const FULL_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The farthest offset that PostgreSQL takes, in minutes. */
const MAX_OFFSET = 15 * 60 + 59;

/** Midnight of a day, in milliseconds since 1970; undefined when the day does not exist. */
function dayOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Date.UTC reads years below 100 as of the 20th century.
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime()
    : undefined;
}

/** Minutes from UTC; undefined when PostgreSQL does not take the offset. */
function offsetOf(sign: string, hours: number, minutes: number): number | undefined {
  const offset = hours * 60 + minutes;
  return minutes > 59 || offset > MAX_OFFSET ? undefined : sign === '+' ? offset : -offset;
}

/**
 * Reads a time of RFC 3339, the same for producers, contracts, envelopes and the inbox: what this accepts,
 * PostgreSQL accepts as `timestamptz`, and means the same instant. That excludes days that do not
 * exist, years before 0001 and after 9999 in UTC, offsets beyond 15:59, and fractions of more
 * than nine digits. A leap second, `23:59:60` in UTC, is the first second of the next day, as
 * PostgreSQL reads it.
 *
 * @returns the instant; undefined when the text is not such a time.
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 * @example
 * parseTimestamp('2026-12-31T23:59:60Z')?.toISOString(); // '2027-01-01T00:00:00.000Z'
 */
export function parseTimestamp(text: string): Date | undefined {
  return parseCanonical(text) ?? parseRfc3339(text);
}

function parseCanonical(text: string): Date | undefined {
  if (!AS_WRITTEN_BY_US.test(text)) {
    return undefined;
  }
  const time = new Date(text);
  // Only a text that is right comes out as it went in.
  return !Number.isNaN(time.getTime()) && time.toISOString() === text ? time : undefined;
}

function parseRfc3339(text: string): Date | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = '', sign = '+', offsetHours = '0', offsetMinutes = '0'] = match.slice(7);
  const midnight = dayOf(year, month, day);
  const offset = offsetOf(sign, Number(offsetHours), Number(offsetMinutes));
  if (midnight === undefined || offset === undefined || hour > 23 || minute > 59 || second > 60) {
    return undefined;
  }
  const minutes = hour * 60 + minute - offset;
  // PostgreSQL knows the beginning of a leap second, and nothing within it.
  if (second === 60 && ((minutes + 2 * 1440) % 1440 !== 1439 || Number(fraction) > 0)) {
    return undefined;
  }
  const time = new Date(
    midnight + minutes * 60_000 + second * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  return isYear(time.getUTCFullYear()) ? time : undefined;
}

/** Whether a year has four digits and is one of the calendar. */
function isYear(year: number): boolean {
  return year >= 1 && year <= 9999;
}

/** Whether a text is a time that {@link parseTimestamp} reads. */
export function isTimestamp(text: string): boolean {
  return parseTimestamp(text) !== undefined;
}

/** Whether a text is a day of the calendar from year 0001 on, `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  const [year, month, day] = (FULL_DATE.exec(text) ?? []).slice(1).map(Number);
  return (
    year !== undefined &&
    month !== undefined &&
    day !== undefined &&
    dayOf(year, month, day) !== undefined
  );
}
