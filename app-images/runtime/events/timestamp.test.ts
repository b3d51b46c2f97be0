import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TEST_LOGIN } from '../testing/postgres.ts';
import { isCalendarDate, parseTimestamp } from '@cdk8s-event-platform/contracts/internal';

describe('parseTimestamp', () => {
  it.each([
    ['2026-11-27T10:20:30Z', '2026-11-27T10:20:30.000Z'],
    ['2026-11-27t10:20:30.5z', '2026-11-27T10:20:30.500Z'],
    ['2026-11-27T10:20:30.123456789+01:00', '2026-11-27T09:20:30.123Z'],
    ['2026-02-28T23:30:00-01:00', '2026-03-01T00:30:00.000Z'],
    ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31T00:00:00Z', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T00:59:60.00+01:00', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T15:59:60-08:00', '2017-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00+15:59', '2025-12-31T08:01:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(parseTimestamp(text)?.toISOString()).toBe(instant);
  });

  it.each([
    '',
    'now',
    '2026-11-27',
    '2026-11-27T10:20:30',
    '2026-11-27 10:20:30Z',
    '2026-11-27T10:20Z',
    '2026-11-27T10:20:30+0100',
    '2026-11-27T10:20:30+01',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T12:00:60Z',
    '2016-12-31T23:59:60.1Z',
    '2026-01-01T23:59:60+01:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T23:59:60Z',
    '2026-01-01T00:00:00+16:00',
    '2026-01-01T00:00:00-24:00',
    '2026-01-01T00:00:00+01:60',
    `2026-01-01T00:00:00.${'0'.repeat(10)}Z`,
    `2026-01-01T00:00:00.${'1'.repeat(300)}Z`,
    '12026-01-01T00:00:00Z',
    '２026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

describe('isCalendarDate', () => {
  it.each(['2024-02-29', '0001-01-01', '9999-12-31'])('takes %s', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });
  it.each(['2025-02-29', '0000-01-01', '2026-1-1', '2026-01-01Z', ''])('refuses %j', (text) => {
    expect(isCalendarDate(text)).toBe(false);
  });
});

describe('what is read is what PostgreSQL reads', () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({
      host: '127.0.0.1',
      port: inject('postgresPort'),
      ...TEST_LOGIN,
      database: 'postgres',
    });
    await client.connect();
  });
  afterAll(() => client.end());

  const digits = (length: number, max: number) =>
    fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, '0'));
  const text = fc
    .tuple(
      fc.oneof(digits(4, 9999), fc.constantFrom('0000', '0001', '9999', '2024', '2026')),
      digits(2, 13),
      digits(2, 32),
      fc.constantFrom('T', 't'),
      fc.oneof(digits(2, 24), fc.constant('23')),
      fc.oneof(digits(2, 60), fc.constant('59')),
      fc.oneof(digits(2, 61), fc.constant('60')),
      fc.oneof(fc.constant(''), fc.stringMatching(/^\.[0-9]{1,12}$/)),
      fc.oneof(
        fc.constantFrom('Z', 'z', '+00:00', '-15:59', '+15:59', '+16:00'),
        fc
          .tuple(fc.constantFrom('+', '-'), digits(2, 17), digits(2, 61))
          .map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
      ),
    )
    .map(([year, month, day, t, hour, minute, second, fraction, zone]) => {
      return `${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`;
    });

  it('as the same instant, to the millisecond', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(text, async (time) => {
        const read = parseTimestamp(time);
        fc.pre(read !== undefined);
        const { rows } = await client.query<{ milliseconds: number; day: string }>(
          `SELECT floor(extract(epoch FROM $1::timestamptz) * 1000)::float AS milliseconds,
             to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day`,
          [time],
        );
        // PostgreSQL rounds to microseconds, which may be the next millisecond.
        expect(Math.abs(rows[0]!.milliseconds - read.getTime())).toBeLessThanOrEqual(1);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 300) },
    );
  });
});
