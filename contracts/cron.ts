/** One field of a cron schedule. */
interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of its values, in their order from `min` on. @default - none */
  readonly names?: readonly string[];
}

const SECOND: CronField = { name: 'second', min: 0, max: 59 };
const FIELDS: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  {
    name: 'day of the week',
    min: 0,
    max: 6,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
];

/** Names of schedules, and what they stand for. */
export const CRON_NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const EVERY = '@every ';
const EVERY_SYNTAX = /^(?=\d)(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?$/;
/** Longest interval, in milliseconds: a year. */
const MAX_INTERVAL = 366 * 86_400_000;
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Milliseconds of an `@every` schedule; undefined for another schedule, or one that is not valid. */
export function intervalOf(schedule: string): number | undefined {
  if (!schedule.startsWith(EVERY)) {
    return undefined;
  }
  const match = EVERY_SYNTAX.exec(schedule.slice(EVERY.length));
  const [hours = 0, minutes = 0, seconds = 0] = (match ?? [])
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return match === null ? undefined : ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Value of a number or a name in a field; undefined when it is neither. */
function valueOf(text: string, { names }: CronField, min: number): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  return named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

/** An item of the list in a field. Values are undefined where they are neither a number nor a name. */
interface CronItem {
  readonly isStar: boolean;
  readonly ends: readonly (number | undefined)[];
  readonly step: string | undefined;
  /** Whether there is more than one step. */
  readonly steps: boolean;
}

function parseItem(item: string, field: CronField): CronItem {
  const [range = '', step, ...more] = item.split('/');
  const isStar = range === '*';
  const ends = isStar
    ? [field.min, field.max]
    : range.split('-').map((end) => valueOf(end, field, field.min));
  return { isStar, ends, step, steps: more.length > 0 };
}

/** What is wrong with one item of the list in a field; undefined when nothing is. */
function itemProblem(item: string, field: CronField): string | undefined {
  const { name, min, max, names } = field;
  const { isStar, ends, step, steps } = parseItem(item, field);
  const where = `its ${name} (${item})`;
  const [from, to = from] = ends;
  if (
    steps ||
    ends.length > 2 ||
    from === undefined ||
    to === undefined ||
    ends.includes(undefined)
  ) {
    const also = names === undefined ? '' : `, names such as ${names[0]!}`;
    return `${where} must be *, numbers from ${min} to ${max}${also}, ranges such as ${min}-${min + 1}, steps such as */2, or a list of these`;
  }
  if (from < min || to > max) {
    return `${where} is out of range: use ${min} to ${max}`;
  }
  if (from > to) {
    return `${where} ends before it begins: write two ranges, e.g. ${from}-${max},${min}-${to}`;
  }
  return step === undefined
    ? undefined
    : stepProblem(where, step, isStar || ends.length > 1 ? undefined : from, field);
}

/** What is wrong with a step behind a range, or behind one number. */
function stepProblem(
  where: string,
  step: string,
  number: number | undefined,
  { min, max }: CronField,
): string | undefined {
  if (number !== undefined) {
    return `${where} has a step behind a number: write a range, e.g. ${number}-${max}/${step}`;
  }
  const size = max - min + 1;
  return !/^\d{1,2}$/.test(step) || Number(step) < 1 || Number(step) > size
    ? `${where} has a step that is not valid: use 1 to ${size}`
    : undefined;
}

/** Values of a field that is valid. */
function valuesOf(text: string, field: CronField): number[] {
  const { min, max } = field;
  return text.split(',').flatMap((item) => {
    const [range = '', step = '1'] = item.split('/');
    const ends =
      range === '*' ? [min, max] : range.split('-').map((end) => valueOf(end, field, min)!);
    const [from = min, to = from] = ends;
    const count = Math.floor((to - from) / Number(step)) + 1;
    return Array.from({ length: count }, (_, index) => from + index * Number(step));
  });
}

/** Why no day ever fits; undefined when one does. A day of the week is enough where both are given. */
function dateProblem([, , days, months, weekdays]: readonly string[]): string | undefined {
  if (weekdays !== '*') {
    return undefined;
  }
  const longest = Math.max(
    ...valuesOf(months!, FIELDS[3]!).map((month) => DAYS_OF_MONTHS[month - 1]!),
  );
  return Math.min(...valuesOf(days!, FIELDS[2]!)) > longest
    ? `no month of it (${months!}) has the day ${days!}: it would never be due`
    : undefined;
}

/** Every reason why a schedule is not valid; empty when it is. Each schedule means the same to everything that reads it. */
export function scheduleProblems(schedule: string): string[] {
  if (schedule.startsWith(EVERY)) {
    const interval = intervalOf(schedule);
    return interval === undefined
      ? ['the interval of @every must be hours, minutes and seconds, e.g. @every 1h30m']
      : interval < 1000 || interval > MAX_INTERVAL
        ? ['the interval of @every must be at least 1s and at most 8784h']
        : [];
  }
  if (schedule.startsWith('@')) {
    return Object.hasOwn(CRON_NICKNAMES, schedule)
      ? []
      : [`this name is not known: use ${Object.keys(CRON_NICKNAMES).join(', ')} or @every 5m`];
  }
  const texts = schedule.split(' ');
  if (texts.includes('') || (texts.length !== 5 && texts.length !== 6)) {
    return [
      'it must have 5 fields (minute, hour, day of the month, month, day of the week), or a second in front of them, with one space between two fields, e.g. 0 3 * * *',
    ];
  }
  const fields = texts.length === 6 ? [SECOND, ...FIELDS] : FIELDS;
  const problems = texts.flatMap((text, index) =>
    text.split(',').flatMap((item) => itemProblem(item, fields[index]!) ?? []),
  );
  const date = problems.length === 0 ? dateProblem(texts.slice(-5)) : undefined;
  return date === undefined ? problems : [date];
}
