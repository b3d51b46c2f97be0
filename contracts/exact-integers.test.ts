import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractProblems, defineEvent, type EventSchema } from './event-contract.ts';
import { inexactIntegers } from './exact-integers.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const UNSAFE = 2 ** 53;

const unbounded = (path: string) =>
  `${path} allows integers beyond ±9007199254740991, which JSON rounds: add minimum and maximum within ±9007199254740991, or use a string`;
const ofProperty = (size: unknown, more: object = {}) =>
  inexactIntegers({ type: 'object', properties: { size }, ...more });

const integer = { type: 'integer' };
const bounded = { type: 'integer', minimum: 0, maximum: MAX };

describe('integers', () => {
  it.each([
    [integer],
    [{ type: ['string', 'integer'] }],
    [{ type: 'integer', minimum: 0 }],
    [{ type: 'integer', maximum: 0 }],
    [{ type: 'integer', minimum: 0, maximum: UNSAFE }],
    [{ type: 'integer', minimum: -UNSAFE, maximum: 0 }],
    [{ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: UNSAFE }],
    [{ type: 'integer', exclusiveMinimum: true, maximum: 5 }],
    [{ type: 'number', multipleOf: 1 }],
    [{ type: 'number', multipleOf: 10 }],
    [{ multipleOf: 1 }],
    [{ type: ['integer', 'number'] }],
    [{ type: 'integer', allOf: [{ minimum: 0, maximum: 9 }] }],
  ])('need bounds of their own: %j', (schema) => {
    expect(ofProperty(schema)).toEqual([unbounded('$.size')]);
  });

  it.each([
    [bounded],
    [{ type: 'integer', minimum: -MAX, maximum: MAX }],
    [{ type: 'integer', exclusiveMinimum: -MAX, exclusiveMaximum: MAX }],
    [{ type: ['integer', 'null'], minimum: 0, maximum: 9 }],
    [{ type: 'integer', minimum: -1e300, exclusiveMinimum: 0, maximum: 9 }],
    [{ type: 'integer', enum: [1, 2, MAX] }],
    [{ type: 'integer', const: -MAX }],
    [{ type: 'number', multipleOf: 1, minimum: 0, maximum: 9 }],
    [{ type: 'number' }],
    [{ type: 'number', multipleOf: 0.01 }],
    [{ type: 'number', enum: [1e300] }],
    [{ type: 'string', multipleOf: 1 }],
    [{ type: 'object', not: integer }],
    [{}],
    [true],
  ])('are accepted: %j', (schema) => {
    expect(ofProperty(schema)).toEqual([]);
  });

  it.each([
    [{ enum: [1, UNSAFE] }],
    [{ type: 'integer', const: UNSAFE }],
    [{ type: ['integer', 'number'], const: UNSAFE }],
    [{ const: { ids: [1, UNSAFE] } }],
  ])('are refused where they are listed: %j', (schema) => {
    expect(ofProperty(schema)).toEqual([
      '$.size allows the integer 9007199254740992, which JSON rounds: use a string',
    ]);
  });

  it.each([
    ['$.size.count', { properties: { count: integer } }],
    ['$.size["a b"]', { properties: { 'a b': integer } }],
    ['$.size[*]', { items: integer }],
    ['$.size[1]', { items: [{}, integer] }],
    ['$.size[*]', { items: [], additionalItems: integer }],
    ['$.size[0]', { prefixItems: [integer] }],
    ['$.size[*]', { contains: integer }],
    ['$.size.*', { additionalProperties: integer }],
    ['$.size[/^x-/]', { patternProperties: { '^x-': integer } }],
    ['$.size.toString', { properties: { toString: integer } }],
    ['$.size', { allOf: [{}, integer] }],
    ['$.size', { anyOf: [bounded, integer] }],
    ['$.size', { oneOf: [bounded, integer] }],
    ['$.size', { if: integer }],
    ['$.size', { if: bounded, then: integer }],
    ['$.size', { if: bounded, else: integer }],
    ['$.size.of', { dependencies: { a: ['b'], of: { properties: { of: integer } } } }],
    [
      '$.size[*].lines[*].id',
      { items: { properties: { lines: { items: { properties: { id: integer } } } } } },
    ],
  ])('are found at %s', (path, schema) => {
    expect(ofProperty(schema)).toEqual([unbounded(path)]);
  });

  it('are found in definitions', () => {
    expect(ofProperty({}, { definitions: { money: integer }, $defs: { count: integer } })).toEqual([
      unbounded('#/definitions/money'),
      unbounded('#/$defs/count'),
    ]);
  });

  it('cannot hide behind a reference', () => {
    const size = { $ref: '#/definitions/a~1b' };
    expect(ofProperty(size, { definitions: { 'a/b': bounded } })).toEqual([]);
    for (const $ref of ['#/properties/other/not', 'https://example.com/schema.json', '#money']) {
      expect(
        ofProperty({ $ref }, { properties: { other: { not: integer }, size: { $ref } } }),
      ).toEqual([
        `$.size refers to '${$ref}', in which integers cannot be checked: use '#/definitions/…' or '#/$defs/…' of this schema`,
      ]);
    }
  });
});

const contract = {
  type: 'com.example.thing.done',
  version: '1.0.0',
  topic: 'thing-done',
  key: 'id',
  description: 'A thing is done.',
} as const;

const schemaOf = (properties: Readonly<Record<string, unknown>>) =>
  ({ type: 'object', required: ['id'], properties }) as unknown as EventSchema;

describe('a contract', () => {
  it('is refused with all its problems', () => {
    const define = defineEvent as (contract: unknown) => unknown;
    const schema = schemaOf({ id: integer, size: { type: 'array', items: integer } });
    expect(() => define({ ...contract, version: '1', schema })).toThrow(
      new Error(
        [
          "event contract 'com.example.thing.done' is not valid [EP2001]:",
          "version '1' is not major.minor.patch: use e.g. '1.0.0'",
          unbounded('$.id'),
          unbounded('$.size[*]'),
        ].join('\n- '),
      ),
    );
  });

  it.each([
    [{ type: 'string', maxLength: 128 }],
    [bounded],
    [{ type: 'number', multipleOf: 1, minimum: 0, maximum: 9 }],
    [{ enum: ['north', 'south'] }],
    [{ const: 1 }],
  ])('takes a key of %j', (id) => {
    expect(contractProblems({ ...contract, schema: schemaOf({ id }) })).toEqual([]);
  });

  it.each([
    [{ type: 'number' }],
    [{ type: 'number', minimum: 0, maximum: 9 }],
    [{ type: 'boolean' }],
    [{ type: ['string', 'null'] }],
    [{ enum: ['north', null] }],
    [{ const: 0.5 }],
    [{}],
    [true],
  ])('refuses a key of %j', (id) => {
    expect(contractProblems({ ...contract, schema: schemaOf({ id }) })).toEqual([
      "key 'id' must be a string or a bounded integer, and its schema allows more: use type 'string', or 'integer' with minimum and maximum",
    ]);
  });
});

/** Schemas around an integer, bounded or not, in whatever form. */
const bound = fc.oneof(fc.constantFrom(-UNSAFE, -MAX, 0, MAX, UNSAFE, 1e300, -1e300), fc.integer());
const lower = fc.tuple(fc.constantFrom('minimum', 'exclusiveMinimum'), bound);
const upper = fc.tuple(fc.constantFrom('maximum', 'exclusiveMaximum'), bound);
const keywords = fc.oneof(
  fc.constant([]),
  fc.tuple(lower),
  fc.tuple(upper),
  { weight: 4, arbitrary: fc.tuple(lower, upper) },
  fc.tuple(fc.tuple(fc.constant('enum'), fc.uniqueArray(bound, { minLength: 1, maxLength: 2 }))),
);
const leaf = fc
  .tuple(
    fc.constantFrom<object>(
      { type: 'integer' },
      { type: ['integer'] },
      { type: ['string', 'integer'] },
      { type: 'number', multipleOf: 1 },
      { multipleOf: 2 },
    ),
    keywords,
  )
  .map(([type, more]) => ({ ...type, ...Object.fromEntries<unknown>(more) }));
const nested = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: leaf },
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    tie('schema').map((then) => ({ if: bounded, then, else: { type: 'string' } })),
    tie('schema').map((schema) => ({ not: { not: schema }, allOf: [schema] })),
  ),
})).schema;

describe('what an accepted contract validates', () => {
  const values = [UNSAFE, -UNSAFE, 2 ** 53 + 2, 2 ** 60, -(2 ** 60), 1e300, -1e300];

  it('is no integer that JSON rounds, wherever the property is', () => {
    const forms: ((schema: object) => [object, (value: number) => unknown])[] = [
      (schema) => [{ properties: { at: schema } }, (at) => ({ at })],
      (schema) => [{ properties: { at: { items: schema } } }, (value) => ({ at: [value] })],
      (schema) => [{ additionalProperties: schema }, (at) => ({ at })],
      (schema) => [{ patternProperties: { '^a': schema } }, (at) => ({ at })],
      (schema) => [
        { definitions: { at: schema }, properties: { at: { $ref: '#/definitions/at' } } },
        (at) => ({ at }),
      ],
    ];
    let accepted = 0;
    fc.assert(
      fc.property(nested, fc.constantFrom(...forms), (leafSchema, form) => {
        const [schema, dataOf] = form(leafSchema);
        if (inexactIntegers(schema).length > 0) {
          return;
        }
        accepted += 1;
        const validate = new Ajv({ strict: false }).compile(schema);
        expect(values.filter((value) => validate(dataOf(value)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
