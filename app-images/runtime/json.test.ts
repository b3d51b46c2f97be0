import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bulkEntries } from './bulk.ts';
import { InvalidEventError } from './invalid-event-error.ts';
import {
  EVENT_LIMITS,
  jsonElements,
  jsonMembers,
  measureJson,
  parseJson,
  readJson,
} from './json.ts';

const any = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const spaces = fc.constantFrom('', ' ', '\n\t', '  ');

/** JSON with white space around it, as others may write it. */
const spaced = fc.tuple(any, spaces, fc.nat({ max: 3 })).map(([value, space, indent]) => ({
  value,
  text: `${space}${JSON.stringify(value, null, indent)}${space}`,
}));

const limits = { depth: 3, values: 10 };

describe('measureJson', () => {
  it('counts at least the values that there are', () => {
    const count = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Object.values(value).reduce<number>((sum, inner) => sum + count(inner), 1)
        : 1;
    fc.assert(
      fc.property(spaced, ({ value, text }) => {
        const measured = measureJson(Buffer.from(text), EVENT_LIMITS);
        expect(measured).toBeGreaterThanOrEqual(count(value));
        expect(measured).toBeLessThanOrEqual(2 * count(value) + 1);
      }),
    );
  });

  it.each([
    ['[[[]]]', undefined],
    ['[[[[]]]]', 'the JSON is nested deeper than 3 arrays and objects'],
    ['{"a":{"b":[{}]}}', 'the JSON is nested deeper than 3 arrays and objects'],
    [`[${'0,'.repeat(7)}0]`, undefined],
    [`[${'0,'.repeat(20)}0]`, 'the JSON has more than 10 values'],
    ['[],'.repeat(20), 'the JSON has more than 10 values'],
    [JSON.stringify('[[[[[[[,,,,,,,,,,,,,{{{{"\\"[[[['), undefined],
  ])('keeps %j within bounds', (text, problem) => {
    const measure = () => measureJson(Buffer.from(text), limits);
    if (problem === undefined) {
      expect(measure()).toBeLessThanOrEqual(limits.values);
    } else {
      expect(measure).toThrow(new InvalidEventError(problem));
    }
  });
});

describe('readJson', () => {
  it('gives what JSON.parse gives, or refuses what it refuses', () => {
    const text = fc.oneof(
      spaced.map((value) => value.text),
      fc.string(),
      fc.stringMatching(/^[[\]{},:"\\a0 ]{0,12}$/),
    );
    fc.assert(
      fc.property(text, (json) => {
        let expected: unknown;
        try {
          expected = JSON.parse(json.toWellFormed());
        } catch {
          expect(() => parseJson(Buffer.from(json))).toThrow(InvalidEventError);
          return;
        }
        expect(parseJson(Buffer.from(json))).toEqual(expected);
      }),
    );
  });

  it.each([
    ['ff', 'bytes that are not UTF-8'],
    ['22c328 22', 'an incomplete sequence'],
    ['22eda08022', 'a surrogate in UTF-8'],
    ['22c08022', 'an overlong NUL'],
  ])('refuses %s, %s', (hex) => {
    expect(() => parseJson(Buffer.from(hex.replace(' ', ''), 'hex'))).toThrow(
      new InvalidEventError('the body is not JSON in UTF-8'),
    );
  });

  it('asks before it builds values', () => {
    const asked: number[] = [];
    readJson(Buffer.from('[1,2,3]'), { admit: (values) => asked.push(values) });
    expect(asked).toEqual([4]);
    const full = () => {
      throw new Error('full');
    };
    expect(() => readJson(Buffer.from('[]'), { admit: full })).toThrow('full');
  });

  it('finds texts and names that PostgreSQL cannot keep, wherever they are', () => {
    const bad = fc.constantFrom('\u0000', 'a\u0000', '\ud800', 'x\udfff');
    const holder = fc.oneof(
      bad.map((text) => [{ deep: [text] }]),
      bad.map((text) => ({ [text]: 1 })),
    );
    fc.assert(
      fc.property(holder, any, (value, other) => {
        const json = readJson(Buffer.from(JSON.stringify({ other, value })));
        expect(json.unicodeProblem((json.value as { value: unknown }).value, 'data')).toMatch(
          /^(data\/|a name in data)/,
        );
      }),
    );
    const good = readJson(Buffer.from(String.raw`["\ud83d\ude00","\\u0000","\\ud800"]`));
    expect(good.unicodeProblem(good.value, 'data')).toBeUndefined();
  });
});

describe('parts of JSON', () => {
  it('are found as they stand in the text', () => {
    fc.assert(
      fc.property(spaced, ({ value, text }) => {
        const bytes = Buffer.from(text);
        const elements = jsonElements(bytes)?.map((part) => parseJson(part));
        expect(elements).toEqual(
          Array.isArray(value) ? JSON.parse(JSON.stringify(value)) : undefined,
        );
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const members = jsonMembers(bytes);
        expect(members && [...members].map(([name, part]) => [name, parseJson(part)])).toEqual(
          isObject ? Object.entries(JSON.parse(JSON.stringify(value)) as object) : undefined,
        );
      }),
    );
  });

  it('keep the bytes that JSON.parse would lose', () => {
    const event = '{ "n": 590518626939830271, "big":1e400, "a":1, "a":2 }';
    const [entry] = bulkEntries(Buffer.from(`{"entries":[{"entryId":"1","event":${event}}]}`));
    expect(Buffer.from(entry!.event).toString()).toBe(event);
  });

  it('are refused, or found, in any text, without an end that never comes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[{][[\]{},:"\\a0 ]{0,20}$/), (text) => {
        for (const parts of [jsonElements, jsonMembers]) {
          try {
            parts(Buffer.from(text));
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidEventError);
          }
        }
      }),
    );
    expect(() => jsonElements(Buffer.from(`[${'1,'.repeat(10_001)}1]`))).toThrow(
      new InvalidEventError('the JSON has more than 10000 entries'),
    );
  });
});
