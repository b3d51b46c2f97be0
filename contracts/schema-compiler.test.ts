import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractProblems, defineEvent, type EventSchema } from './event-contract.ts';
import { compileSchema, schemaProblems } from './schema-compiler.ts';

const contract = {
  type: 'com.example.thing.done',
  version: '1.0.0',
  topic: 'thing-done',
  key: 'id',
  description: 'A thing is done.',
} as const;
const id = { type: 'string', maxLength: 64 };

const withSize = (size: unknown, more: object = {}) => ({
  type: 'object',
  required: ['id'],
  properties: { id, size },
  ...more,
});
const problemsOf = (schema: object) =>
  contractProblems({ ...contract, schema: schema as EventSchema });

describe('defineEvent compiles the schema', () => {
  it.each<[object, string]>([
    [
      withSize({ type: 'string', pattern: '(' }),
      "#/properties/size/pattern ('(') is not a regular expression of Unicode: Unterminated group",
    ],
    [
      withSize({ type: 'object', patternProperties: { '[': { type: 'string' } } }),
      "#/properties/size/patternProperties ('[') is not a regular expression of Unicode: Unterminated character class",
    ],
    [
      withSize({ type: 'string', pattern: '\\-' }),
      "#/properties/size/pattern ('\\-') is not a regular expression of Unicode: Invalid escape",
    ],
    [
      withSize({ type: 'sting' }),
      "#/properties/size/type ('sting') must be one of string, integer, number, boolean, object, array, null",
    ],
    [
      withSize({ type: ['string', 'nil'] }),
      "#/properties/size/type ('string', 'nil') must be one of string, integer, number, boolean, object, array, null",
    ],
    [
      withSize({ type: 'string', format: 'postcode' }),
      "#/properties/size/format ('postcode') is not",
    ],
    [
      withSize({ type: 'array', prefixItems: [{ type: 'string' }] }),
      "#/properties/size/prefixItems is not a keyword of JSON Schema draft 7: use 'items' with a list",
    ],
    [
      withSize({ type: 'object', properties: {}, unevaluatedProperties: false }),
      "#/properties/size/unevaluatedProperties is not a keyword of JSON Schema draft 7: use 'additionalProperties'",
    ],
    [
      withSize({ type: 'string', maxLenght: 5 }),
      '#/properties/size/maxLenght is not a keyword of JSON Schema draft 7: correct it, or leave it out',
    ],
    [
      withSize({ not: { type: 'string', maxLenght: 5 } }),
      '#/properties/size/not/maxLenght is not a keyword of JSON Schema draft 7: correct it, or leave it out',
    ],
    [withSize({ type: 'string', maxLength: -1 }), '#/properties/size/maxLength must be >= 0'],
    [withSize({ type: 'string', enum: 'a' }), '#/properties/size/enum must be array'],
    [withSize({ type: 'string' }, { required: 'id' }), '#/required must be array'],
    [
      withSize({ type: 'string' }, { $schema: 'https://json-schema.org/draft/2020-12/schema' }),
      "#/$schema ('https://json-schema.org/draft/2020-12/schema') is not draft 7, which contracts are written in: leave it out",
    ],
    [
      withSize({ $ref: '#/definitions/size' }),
      "$.size refers to '#/definitions/size', which is not there: add it under 'definitions'",
    ],
    [
      withSize({ $id: 'https://example.com/size', type: 'string' }),
      "#/properties/size/$id ('https://example.com/size') changes what '$ref' means",
    ],
    [
      withSize({ maxLength: 5 }),
      "#/properties/size: 'maxLength' is of another type than is named beside it: add type 'string', or leave it out",
    ],
    [
      withSize({ type: ['string', 'boolean'] }),
      "#/properties/size: several types at once leave open which one comes: name one, or use 'anyOf' with one type each",
    ],
    [
      withSize({ type: 'string' }, { required: ['id', 'other'] }),
      "#: 'other' is required and not described: add it to 'properties'",
    ],
  ])('and refuses %j', (schema, problem) => {
    const problems = problemsOf(schema);
    expect(problems.find((each) => each.startsWith(problem))).toBeDefined();
    const define = defineEvent as (contract: unknown) => unknown;
    expect(() => define({ ...contract, schema })).toThrow(
      `event contract 'com.example.thing.done' is not valid [EP2001]:\n- `,
    );
  });

  it('and says all of it', () => {
    expect(
      problemsOf({
        type: 'object',
        required: ['id'],
        properties: {
          id,
          a: { type: 'string', pattern: '(' },
          b: { type: 'sting' },
          'c/d': { type: 'string', format: 'x', example: 'x' },
        },
      }),
    ).toEqual([
      expect.stringMatching(/^#\/properties\/a\/pattern/),
      expect.stringMatching(/^#\/properties\/b\/type/),
      expect.stringMatching(/^#\/properties\/c~1d\/format/),
      expect.stringMatching(/^#\/properties\/c~1d\/example .*'examples'/),
    ]);
  });

  it.each([
    withSize({ type: 'string', format: 'uuid' }),
    withSize({ type: ['string', 'null'] }),
    withSize({ type: 'string', nullable: true }),
    withSize({ $ref: '#/$defs/size' }, { $defs: { size: { type: 'string' } } }),
    withSize({ type: 'string' }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
    withSize({ type: 'string' }, { $id: 'https://example.com/thing', title: 'Thing' }),
    withSize({ type: 'array', items: { type: 'string' }, examples: [['a']], $comment: 'why' }),
  ])('and accepts %j', (schema) => {
    expect(problemsOf(schema)).toEqual([]);
  });
});

const keyword = fc.constantFrom<object>(
  { maxLength: 3 },
  { minimum: 0, maximum: 9 },
  { pattern: '^a$' },
  { pattern: '(' },
  { format: 'date' },
  { format: 'nothing' },
  { enum: ['a'] },
  { enum: [] },
  { items: { type: 'string' } },
  { items: [{ type: 'string' }] },
  { properties: { a: { type: 'string' } } },
  { required: ['a'] },
  { additionalProperties: false },
  { colour: 'red' },
  { $ref: '#/definitions/a' },
  { $ref: '#/definitions/b' },
  { if: { type: 'string' } },
  { nullable: true },
  { const: 1 },
);
const type = fc.constantFrom<object>(
  {},
  { type: 'string' },
  { type: 'integer' },
  { type: 'object' },
  { type: 'array' },
  { type: ['string', 'null'] },
  { type: ['string', 'integer'] },
  { type: 'text' },
);

it('agrees with the compiler of the runtime', () => {
  const schemas = fc.array(fc.tuple(type, keyword), { minLength: 1, maxLength: 2 });
  let accepted = 0;
  fc.assert(
    fc.property(schemas, (parts) => {
      const properties = Object.fromEntries(
        parts.map(([a, b], index) => [`p${index}`, { ...a, ...b }]),
      );
      const schema = { type: 'object', properties, definitions: { a: { type: 'string' } } };
      let compiles = true;
      try {
        compileSchema({ schema });
      } catch {
        compiles = false;
      }
      accepted += compiles ? 1 : 0;
      expect(schemaProblems(schema).length === 0).toBe(compiles);
    }),
    { numRuns: 200 },
  );
  expect(accepted).toBeGreaterThan(10);
});

it('takes a thousand contracts in a time that nobody notices in a synthesis', () => {
  const started = performance.now();
  for (let n = 0; n < 1_000; n++) {
    defineEvent({
      ...contract,
      type: `com.example.thing.n${n}`,
      schema: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', maxLength: 64 },
          at: { type: 'string', format: 'date-time' },
          name: { type: 'string', pattern: '^[^\\u0000]*$' },
          n: { type: 'integer', minimum: 0, maximum: n },
        },
      },
    });
  }
  // About 2 s here; a compiler of its own for each contract would take 15 s.
  expect(performance.now() - started).toBeLessThan(12_000);
});

describe('references that lead to themselves', () => {
  const withDefinitions = (definitions: object) =>
    withSize({ $ref: '#/definitions/a' }, { definitions });

  it.each<[object, string]>([
    [{ a: { $ref: '#/definitions/a' } }, '#/definitions/a refers to itself before'],
    [
      { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } },
      '#/definitions/a refers to itself through #/definitions/b before',
    ],
    [
      { a: { allOf: [{ type: 'string' }, { $ref: '#/definitions/a' }] } },
      '#/definitions/a refers to itself through #/definitions/a/allOf/1 before',
    ],
    [
      { a: { anyOf: [{ $ref: '#/definitions/a' }, { type: 'string' }] } },
      '#/definitions/a refers to itself through #/definitions/a/anyOf/0 before',
    ],
    [
      { a: { type: 'object', dependencies: { id: { $ref: '#/definitions/a' } } } },
      '#/definitions/a refers to itself through #/definitions/a/dependencies/id before',
    ],
  ])('are refused with their circle: %j', (definitions, message) => {
    expect(problemsOf(withDefinitions(definitions))).toEqual([
      expect.stringContaining(message) as string,
    ]);
  });

  it('are accepted when they lead into a value', () => {
    const comment = {
      type: 'object',
      required: ['text'],
      properties: {
        text: { type: 'string', maxLength: 9 },
        parent: { anyOf: [{ $ref: '#/definitions/a' }, { type: 'null' }] },
        replies: { type: 'array', items: { $ref: '#/definitions/a' } },
      },
    };
    const schema = withDefinitions({ a: comment });
    expect(problemsOf(schema)).toEqual([]);
    const validate = compileSchema({ schema });
    expect(validate({ id: 'a', size: { text: 'a', replies: [{ text: 'b' }] } })).toBe(true);
    expect(validate({ id: 'a', size: { text: 'a', replies: [{ text: 1 }] } })).toBe(false);
  });
});
