import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleProblems } from './cron.ts';
import { countDueTimes, dueTimes } from './due-times.ts';

/** The next due times after a time. */
function next(schedule: string, after: string, count = 3): string[] {
  const times = dueTimes({ schedule });
  const found: string[] = [];
  let time: number | undefined = Date.parse(after);
  while (found.length < count && time !== undefined) {
    time = times.next(time);
    if (time !== undefined) {
      found.push(new Date(time).toISOString().replace(/\.000Z$/, 'Z'));
    }
  }
  return found;
}

describe('due times', () => {
  it.each([
    ['0 3 * * *', '2026-12-31T03:00:00Z', ['2027-01-01T03:00:00Z', '2027-01-02T03:00:00Z']],
    ['0 3 * * *', '2026-12-31T02:59:59.999Z', ['2026-12-31T03:00:00Z']],
    ['0 0 31 * *', '2026-01-31T00:00:00Z', ['2026-03-31T00:00:00Z', '2026-05-31T00:00:00Z']],
    ['0 0 29 2 *', '2096-02-29T00:00:00Z', ['2104-02-29T00:00:00Z']],
    [
      '0 0 28-31 2 *',
      '2027-02-27T00:00:00Z',
      ['2027-02-28T00:00:00Z', '2028-02-28T00:00:00Z', '2028-02-29T00:00:00Z'],
    ],
    [
      '0,20,40 9-10 * * *',
      '2026-06-01T09:30:00Z',
      ['2026-06-01T09:40:00Z', '2026-06-01T10:00:00Z', '2026-06-01T10:20:00Z'],
    ],
    [
      '*/25 * * * *',
      '2026-06-01T23:50:00Z',
      ['2026-06-02T00:00:00Z', '2026-06-02T00:25:00Z', '2026-06-02T00:50:00Z'],
    ],
    [
      '10-50/20 0 1 * *',
      '2026-06-01T00:00:00Z',
      ['2026-06-01T00:10:00Z', '2026-06-01T00:30:00Z', '2026-06-01T00:50:00Z'],
    ],
    // Day of the month or day of the week: Friday the 4th, Friday the 11th, Sunday the 13th.
    [
      '0 0 13 * FRI',
      '2026-12-01T00:00:00Z',
      ['2026-12-04T00:00:00Z', '2026-12-11T00:00:00Z', '2026-12-13T00:00:00Z'],
    ],
    ['0 0 * * SUN', '2026-12-01T00:00:00Z', ['2026-12-06T00:00:00Z', '2026-12-13T00:00:00Z']],
    [
      '*/20 0 3 * * *',
      '2026-12-01T03:00:00Z',
      ['2026-12-01T03:00:20Z', '2026-12-01T03:00:40Z', '2026-12-02T03:00:00Z'],
    ],
    ['@weekly', '2026-12-01T00:00:00Z', ['2026-12-06T00:00:00Z', '2026-12-13T00:00:00Z']],
    ['@monthly', '2026-12-01T00:00:00Z', ['2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z']],
    ['@yearly', '2026-12-01T00:00:00Z', ['2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z']],
    ['@every 1h30m', '2026-12-01T00:00:01Z', ['2026-12-01T01:30:00Z', '2026-12-01T03:00:00Z']],
    ['@every 7s', '1970-01-01T00:00:00Z', ['1970-01-01T00:00:07Z', '1970-01-01T00:00:14Z']],
  ])('of %s after %s', (schedule, after, expected) => {
    expect(next(schedule, after, expected.length)).toEqual(expected);
  });

  it('are the same when the clocks of a country change', () => {
    // Europe turns its clocks on 2026-03-29 and 2026-10-25.
    expect(next('30 2 * * *', '2026-03-28T03:00:00Z', 2)).toEqual([
      '2026-03-29T02:30:00Z',
      '2026-03-30T02:30:00Z',
    ]);
    expect(next('30 2 * * *', '2026-10-24T03:00:00Z', 2)).toEqual([
      '2026-10-25T02:30:00Z',
      '2026-10-26T02:30:00Z',
    ]);
  });

  it('of a job that runs once are one', () => {
    const times = dueTimes({ at: '2026-12-01T09:00:00.5+01:00' });
    const at = Date.parse('2026-12-01T08:00:00.500Z');
    expect([times.next(-Infinity), times.next(at - 1), times.next(at)]).toEqual([
      at,
      at,
      undefined,
    ]);
    expect([times.last(at - 1), times.last(at), times.last(at + 1)]).toEqual([undefined, at, at]);
  });

  it('are counted up to a thousand', () => {
    const times = dueTimes({ schedule: '@every 1s' });
    expect(countDueTimes(times, 5_000, 5_000)).toBe(0);
    expect(countDueTimes(times, 5_000, 8_000)).toBe(3);
    expect(countDueTimes(times, 5_000, 5_000_000)).toBe(1_000);
  });
});

/** A field as text, and the values that it has. */
function field(min: number, max: number) {
  const value = fc.integer({ min, max });
  const range = fc
    .tuple(value, value, fc.integer({ min: 1, max: max - min + 1 }))
    .map(([a, b, step]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const values = [];
      for (let each = from; each <= to; each += step) {
        values.push(each);
      }
      return { text: step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`, values };
    });
  const item = fc.oneof(
    value.map((each) => ({ text: String(each), values: [each] })),
    range,
  );
  const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(),
    values: items.flatMap(({ values }) => values),
  }));
  const all = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  return fc.oneof(fc.constant({ text: '*', values: all }), list);
}

const fields = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));

describe('any schedule', () => {
  it('is due at the first minute whose fields it has, as a search by minutes finds it', () => {
    fc.assert(
      fc.property(fields, fc.integer({ min: 0, max: 2_000_000_000 }), (chosen, seconds) => {
        const schedule = chosen.map(({ text }) => text).join(' ');
        fc.pre(scheduleProblems(schedule).length === 0);
        const [minutes, hours, days, months, weekdays] = chosen.map(
          ({ values }) => new Set(values),
        );
        const eitherDay = chosen[2].text !== '*' && chosen[4].text !== '*';
        const fits = (time: Date): boolean => {
          const day = days!.has(time.getUTCDate());
          const weekday = weekdays!.has(time.getUTCDay());
          return (
            months!.has(time.getUTCMonth() + 1) && (eitherDay ? day || weekday : day && weekday)
          );
        };
        // By days, then by the minutes of the first that fits and has one left.
        const start = seconds * 1000;
        let expected: number | undefined;
        for (let day = Math.floor(start / 86_400_000); expected === undefined; day++) {
          for (
            let minute = 0;
            fits(new Date(day * 86_400_000)) && minute < 1440 && expected === undefined;
            minute++
          ) {
            const time = day * 86_400_000 + minute * 60_000;
            if (time > start && hours!.has(Math.floor(minute / 60)) && minutes!.has(minute % 60)) {
              expected = time;
            }
          }
        }
        const times = dueTimes({ schedule });
        expect(times.next(start)).toBe(expected);
        expect(times.last(expected)).toBe(expected);
        expect(times.last(expected + 59_999)).toBeGreaterThanOrEqual(expected);
        expect(times.last(expected - 1) ?? -Infinity).toBeLessThanOrEqual(start);
      }),
      { numRuns: 300 },
    );
  });

  it('by an interval has no gap and no repetition', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 2 ** 41 }),
        (seconds, time) => {
          const times = dueTimes({ schedule: `@every ${seconds}s` });
          const due = times.next(time)!;
          expect(due).toBeGreaterThan(time);
          expect(due - time).toBeLessThanOrEqual(seconds * 1000);
          expect(times.last(due - 1)).toBe(due - seconds * 1000);
          expect(times.last(due)).toBe(due);
        },
      ),
    );
  });

  it('with a changed character is refused, or is one that the library reads', () => {
    const character = fc
      .nat({ max: 25 })
      .map((index) => '0123456789*/,-LW#?+ MONJA@'.charAt(index));
    fc.assert(
      fc.property(fields, character, fc.nat(), (chosen, changed, place) => {
        const text = chosen.map((each) => each.text).join(' ');
        const at = place % text.length;
        const schedule = text.slice(0, at) + changed + text.slice(at + 1);
        if (scheduleProblems(schedule).length === 0) {
          expect(dueTimes({ schedule }).next(0)).toBeTypeOf('number');
        } else {
          expect(scheduleProblems(schedule)[0]).toMatch(
            /: use|must |before it begins|would never be due|a step behind|range/,
          );
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
