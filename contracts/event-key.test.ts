import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compositeKey } from './composite-key.ts';
import { keyProblem, keyProblems, MAX_KEY_BYTES } from './event-key.ts';
import { compileSchema } from './schema-compiler.ts';

const problemOf = (id: unknown, more: object = {}) =>
  keyProblem('id', { properties: { id }, ...more });

describe('keys', () => {
  it.each([
    { type: 'string', maxLength: 128 },
    { type: 'string', format: 'uuid' },
    { type: 'string', format: 'date-time' },
    { type: 'string', format: 'hostname' },
    { type: 'string', pattern: '^[a-z]+$', maxLength: 20 },
    { type: 'string', enum: ['north', 'south'] },
    { enum: ['north', 1] },
    { const: 'one' },
    { const: 'x'.repeat(512) },
    { type: 'integer', minimum: 0, maximum: 9 },
    { type: 'number', multipleOf: 1, minimum: 0, maximum: 9 },
    { type: 'string', allOf: [{ type: 'string', maxLength: 9 }] },
  ])('are accepted when they are bounded: %j', (id) => {
    expect(problemOf(id)).toBeUndefined();
  });

  it.each([
    [{ type: 'string' }, 'any number of'],
    [{ type: 'string', minLength: 1 }, 'any number of'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'any number of'],
    [{ type: 'string', pattern: '^[a-z]{1,9}' }, 'any number of'],
    [{ type: 'string', format: 'uri' }, 'any number of'],
    [{ type: 'string', format: 'email' }, 'any number of'],
    [{ type: 'string', maxLength: 129 }, '516'],
    [{ type: 'string', maxLength: 512 }, '2048'],
    [{ enum: ['a', 'x'.repeat(513)] }, '513'],
    [{ const: 'ä'.repeat(257) }, '514'],
  ])('are refused when they may be too long: %j', (id, bytes) => {
    expect(problemOf(id)).toBe(
      `key 'id' may have ${bytes} bytes, and events whose key has more than 512 have no order: add maxLength of at most 128 (a character has up to 4 bytes), an enum, or format 'uuid'`,
    );
  });

  it.each([
    { type: 'string', maxLength: 9, nullable: true },
    { type: ['string', 'null'], maxLength: 9 },
    { enum: ['a', null] },
    { const: null },
    { type: 'boolean' },
    { enum: [true, false] },
    { type: 'number' },
    { type: 'number', minimum: 0, maximum: 9 },
    { type: 'object' },
    { type: 'array', items: { type: 'string' } },
    { anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] },
    { $ref: '#/definitions/other' },
    {},
    true,
    undefined,
    null,
  ])('are refused when they may be something else: %j', (id) => {
    expect(problemOf(id, { definitions: { other: { type: 'boolean' } } })).toMatch(
      /^key 'id' must be a string or a bounded integer/,
    );
  });

  it('are followed to where they are defined', () => {
    const id = { $ref: '#/definitions/id' };
    const definitions = { id: { type: 'string', maxLength: 9 } };
    expect(problemOf(id, { definitions })).toBeUndefined();
    expect(problemOf(id, { definitions: { id: { type: 'string' } } })).toMatch(/any number of/);
    expect(problemOf(id, { definitions: { id } })).toMatch(/must be a string/);
  });
});

it('a key that a contract accepts has at most 512 bytes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 140 }),
    fc.string({ unit: fc.constant('\u{1F600}'), minLength: 120, maxLength: 140 }),
  );
  const ids = fc.integer({ min: 120, max: 140 });
  fc.assert(
    fc.property(text, ids, (value, maxLength) => {
      const id = { type: 'string', maxLength };
      fc.pre(problemOf(id) === undefined);
      fc.pre(compileSchema({ schema: id })(value));
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(MAX_KEY_BYTES);
    }),
  );
});

describe('composite keys', () => {
  const text = (maxLength?: number) => ({
    type: 'string',
    ...(maxLength !== undefined && { maxLength }),
  });
  const problemsOf = (properties: Record<string, unknown>, key = Object.keys(properties)) =>
    keyProblems(key, { required: Object.keys(properties), properties });

  it.each([
    [{ a: text(63), b: text(64) }],
    [{ a: text(31), b: text(31), c: text(31), d: text(31) }],
    [{ a: { type: 'string', format: 'uuid' }, b: { type: 'integer', minimum: 0, maximum: 9 } }],
    [{ a: { type: 'string', format: 'date-time' }, b: { enum: ['x', 'y'] }, c: { enum: [1, 2] } }],
    [{ a: { const: ':'.repeat(168) }, b: { const: '1234567' } }],
    [{ a: { type: ['integer', 'string'], allOf: [text(9)] }, b: text(9) }],
  ])('are accepted when they are bounded in total: %j', (properties) => {
    expect(problemsOf(properties)).toEqual([]);
  });

  it.each([
    [
      { a: text(64), b: text(64) },
      "key ('a': 256, 'b': 256) may have 513 bytes, and events whose key has more than 512 have no order: use maxLength of at most 63 for 'a', 'b' (a character has up to 4 bytes), an enum, or format 'uuid'",
    ],
    [
      { a: text(), b: { type: 'string', format: 'uuid' } },
      "key ('a': any number of, 'b': 36) may have any number of bytes, and events whose key has more than 512 have no order: use maxLength of at most 118 for 'a' (a character has up to 4 bytes), an enum, or format 'uuid'",
    ],
    [
      { a: { const: ':'.repeat(168) }, b: { const: '12345678' } },
      "key ('a': 504, 'b': 8) may have 513 bytes, and events whose key has more than 512 have no order: use fewer or shorter properties: a uuid has 36 bytes",
    ],
    [
      {
        a: { type: 'string', format: 'hostname' },
        b: { type: 'string', format: 'hostname' },
        c: text(9),
      },
      "key ('a': 254, 'b': 254, 'c': 36) may have 546 bytes",
    ],
    [
      {
        a: { type: 'string', format: 'date-time' },
        b: { type: 'string', format: 'ipv6' },
        c: text(),
      },
      "key ('a': 41, 'b': 61, 'c': any number of)",
    ],
    [
      { a: { type: 'integer', minimum: 0, maximum: 9 }, b: text() },
      "key ('a': 17, 'b': any number of)",
    ],
  ])('are refused when their total may be too long: %j', (properties, problem) => {
    expect(problemsOf(properties)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    [[], 'key is an empty list: use the name of a property, or of two and more'],
    [['a'], "key is a list of one property: use key: 'a'"],
    [['a', 'b', 'a'], "key has 'a' twice: name each property once"],
    [['a', 'c'], "key 'c' is not a property of the schema: use one of a, b, d, e, f"],
    [['a', 'd'], "key 'd' is optional in the schema: list it under 'required'"],
    [['a', 'e'], "key 'e' must be a string or a bounded integer"],
    [
      ['a', 'f'],
      "key 'f' may be a string or an integer, and as parts of a key, 1 and '1' are the same: use one of these types",
    ],
  ])('are refused: %j', (key, problem) => {
    const properties = {
      ...{ a: text(9), b: text(9), d: text(9) },
      ...{ e: { type: ['string', 'null'], maxLength: 9 }, f: { enum: [1, '1'] } },
    };
    expect(keyProblems(key, { required: ['a', 'b', 'e', 'f'], properties })).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it('that a contract accepts have at most 512 bytes, whatever is in them', () => {
    const part = fc.oneof(
      fc.string({ unit: fc.constantFrom(':', '%', '\u{1F600}', 'ä'), maxLength: 70 }),
      fc.string({ unit: fc.constant('\u{1F600}'), minLength: 60, maxLength: 70 }),
    );
    const length = fc.integer({ min: 55, max: 70 });
    fc.assert(
      fc.property(fc.array(fc.tuple(part, length), { minLength: 2, maxLength: 3 }), (list) => {
        const properties = Object.fromEntries(
          list.map(([, maxLength], index) => [`p${index}`, text(maxLength)]),
        );
        fc.pre(problemsOf(properties).length === 0);
        fc.pre(list.every(([value, maxLength]) => Array.from(value).length <= maxLength));
        expect(Buffer.byteLength(compositeKey(list.map(([value]) => value)))).toBeLessThanOrEqual(
          MAX_KEY_BYTES,
        );
      }),
    );
  });

  it.each(['date-time', 'iso-date-time', 'ipv6', 'ipv4', 'uuid', 'date', 'hostname'])(
    'have no more bytes of format %s than is known',
    (format) => {
      const samples: Record<string, string[]> = {
        'date-time': ['2026-01-01T00:00:00.123456789+01:00'],
        'iso-date-time': ['2026-01-01 00:00:00.123456789+01:00'],
        ipv6: [
          '1234:1234:1234:1234:1234:1234:1234:1234',
          '1234:1234:1234:1234:1234:1234:123.123.123.123',
        ],
        ipv4: ['255.255.255.255'],
        uuid: ['00000000-0000-4000-8000-000000000001'],
        date: ['2026-01-01'],
        hostname: [`${'a'.repeat(63)}.`.repeat(3).concat('a'.repeat(61))],
      };
      const schema = { type: 'string', format };
      const known = Number(
        /'a': (\d+)/.exec(problemsOf({ a: schema, b: { const: 'x'.repeat(510) } })[0]!)![1],
      );
      for (const sample of samples[format]!) {
        expect(compileSchema({ schema })(sample)).toBe(true);
        expect(Buffer.byteLength(compositeKey([sample]))).toBeLessThanOrEqual(known);
      }
    },
  );
});
