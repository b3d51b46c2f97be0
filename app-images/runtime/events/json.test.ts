import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bulkEntries } from '../delivery/bulk.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { JsonCursor, jsonPart, parseJson, readJson } from './json.ts';

const any = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const spaces = fc.constantFrom('', ' ', '\n\t', '  ');

/** JSON with white space around it, as others may write it. */
const spaced = fc.tuple(any, spaces, fc.nat({ max: 3 })).map(([value, space, indent]) => ({
  value,
  text: `${space}${JSON.stringify(value, null, indent)}${space}`,
}));

describe('jsonPart', () => {
  const measureOf = (value: unknown): { depth: number; values: number } => {
    if (typeof value !== 'object' || value === null) {
      return { depth: 0, values: 1 };
    }
    const inner = Object.values(value).map(measureOf);
    return {
      depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
      values: 1 + inner.reduce((sum, { values }) => sum + values, 0),
    };
  };

  it('tells the depth, and at least the values that there are', () => {
    fc.assert(
      fc.property(spaced, ({ value, text }) => {
        const { depth, values } = jsonPart(Buffer.from(text));
        const expected = measureOf(value);
        expect(depth).toBe(expected.depth);
        expect(values).toBeGreaterThanOrEqual(expected.values);
        expect(values).toBeLessThanOrEqual(2 * expected.values + 1);
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
    [JSON.stringify(`${'x'.repeat(50)}\\"[[[[${'y'.repeat(50)}\\`), undefined],
  ])('keeps %j within bounds', (text, problem) => {
    const read = () => readJson(jsonPart(Buffer.from(text)), { depth: 3, values: 10 });
    if (problem === undefined) {
      expect(read().value).toEqual(JSON.parse(text));
    } else {
      expect(read).toThrow(new InvalidEventError(problem));
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

  it('finds texts and names that PostgreSQL cannot keep, wherever they are', () => {
    const bad = fc.constantFrom('\u0000', 'a\u0000', '\ud800', 'x\udfff');
    const holder = fc.oneof(
      bad.map((text) => [{ deep: [text] }]),
      bad.map((text) => ({ [text]: 1 })),
    );
    fc.assert(
      fc.property(holder, any, (value, other) => {
        const json = readJson(jsonPart(Buffer.from(JSON.stringify({ other, value }))));
        expect(json.unicodeProblem((json.value as { value: unknown }).value, 'data')).toMatch(
          /^(data\/|a name in data)/,
        );
      }),
    );
    const good = readJson(jsonPart(Buffer.from(String.raw`["\ud83d\ude00","\\u0000","\\ud800"]`)));
    expect(good.unicodeProblem(good.value, 'data')).toBeUndefined();
  });
});

/** The elements or members of a text, each as JSON.parse reads it; undefined when it has none. */
function parts(text: string): unknown[] | undefined {
  const found: unknown[] = [];
  const cursor = new JsonCursor(Buffer.from(text));
  const take = (name?: string) => {
    const { bytes } = cursor.value();
    found.push(name === undefined ? parseJson(bytes) : [name, parseJson(bytes)]);
  };
  return cursor.array(() => {
    take();
  }) || cursor.object(take)
    ? found
    : undefined;
}

describe('parts of JSON', () => {
  it('are found as they stand in the text', () => {
    fc.assert(
      fc.property(spaced, ({ value, text }) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const isObject = typeof plain === 'object' && plain !== null;
        const expected = Array.isArray(plain)
          ? plain
          : isObject
            ? Object.entries(plain)
            : undefined;
        expect(parts(text)).toEqual(expected);
      }),
    );
  });

  it('keep the bytes that JSON.parse would lose, and are measured', () => {
    const event = '{ "n": 590518626939830271, "big":1e400, "a":1, "a":[[2]] }';
    const [entry] = bulkEntries(
      Buffer.from(`{"x":[{}],"entries":[{"entryId":"1","event":${event},"y":0}],"z":1}`),
    );
    const { bytes, depth, values } = entry!.event;
    expect(Buffer.from(bytes).toString()).toBe(event);
    expect({ bytes, depth, values }).toEqual(jsonPart(Buffer.from(event)));
  });

  it('are refused, or found, in any text, without an end that never comes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[{][[\]{},:"\\a0 ]{0,20}$/), (text) => {
        for (const read of [parts, (json: string) => bulkEntries(Buffer.from(json))]) {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidEventError);
          }
        }
      }),
    );
    expect(() => parts(`[${'1,'.repeat(10_001)}1]`)).toThrow(
      new InvalidEventError('the JSON has more than 10000 entries'),
    );
  });
});
