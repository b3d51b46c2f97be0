import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_KEY_BYTES, keyProblem } from './event-key.ts';
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
