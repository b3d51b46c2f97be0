import { schemaProblems } from '@cdk8s-event-platform/contracts/internal';
import { expect, it } from 'vitest';
import { toDraft7 } from './draft-7.ts';
import { Findings } from './findings.ts';

/** One subschema as a contract has it, with what is said of it. */
function converted(schema: object) {
  const findings = new Findings();
  const result = toDraft7({ ...schema }, 'x', findings, { properties: new Set() });
  return { result, notes: findings.notes, findings };
}

const MAX = Number.MAX_SAFE_INTEGER;

it.each<[string, object, object]>([
  [
    'example',
    { type: 'string', example: 'a', examples: ['b'] },
    { type: 'string', examples: ['a', 'b'] },
  ],
  ['named examples', { type: 'string', examples: { a: 'b' } }, { type: 'string', examples: ['b'] }],
  [
    'exclusive bounds',
    { type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false },
    { type: 'number', exclusiveMinimum: 1, maximum: 2 },
  ],
  ['nullable with a type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  [
    'nullable without a type',
    { allOf: [{}], nullable: true },
    { anyOf: [{ allOf: [{}] }, { type: 'null' }] },
  ],
  [
    'prefixItems',
    { type: 'array', prefixItems: [{}], items: false, minItems: 1 },
    { type: 'array', items: [{}], additionalItems: false, minItems: 1 },
  ],
  [
    'dependentRequired',
    { type: 'object', dependentRequired: { a: ['b'] }, dependencies: { c: ['d'] } },
    { type: 'object', dependencies: { c: ['d'], a: ['b'] } },
  ],
  [
    'dependentSchemas',
    { type: 'object', dependentSchemas: { a: {} } },
    { type: 'object', dependencies: { a: {} } },
  ],
  [
    'unevaluatedProperties',
    { type: 'object', unevaluatedProperties: false },
    { type: 'object', additionalProperties: false },
  ],
  ['minContains of 0', { type: 'array', contains: {}, minContains: 0 }, { type: 'array' }],
  [
    'several types',
    { type: ['string', 'number', 'null'], maxLength: 3, minimum: 1, title: 'a' },
    {
      title: 'a',
      anyOf: [{ type: 'string', maxLength: 3 }, { type: 'number', minimum: 1 }, { type: 'null' }],
    },
  ],
  [
    'several types beside a choice',
    { type: ['string', 'boolean'], anyOf: [{}] },
    { anyOf: [{}], allOf: [{ anyOf: [{ type: 'string' }, { type: 'boolean' }] }] },
  ],
  ['a missing type', { properties: {} }, { type: 'object', properties: {} }],
  ['keywords of another type', { type: 'string', minimum: 1 }, { type: 'string' }],
  [
    'additionalItems without a list',
    { type: 'array', items: {}, additionalItems: {} },
    { type: 'array', items: {} },
  ],
  [
    'integers without bounds',
    { type: 'integer' },
    { type: 'integer', minimum: -MAX, maximum: MAX },
  ],
  [
    'integers with a bound',
    { type: 'integer', exclusiveMinimum: 0 },
    { type: 'integer', exclusiveMinimum: 0, maximum: MAX },
  ],
  [
    'integers with bounds that JSON rounds',
    { type: 'integer', minimum: -(2 ** 63), maximum: 2 ** 63 },
    { type: 'integer', minimum: -MAX, maximum: MAX },
  ],
  [
    'integers of 32 bits',
    { type: 'integer', format: 'int32' },
    { type: 'integer', format: 'int32', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  ],
  [
    'undescribed properties',
    { type: 'object', required: ['a'] },
    { type: 'object', required: ['a'], properties: { a: {} } },
  ],
  ['unknown formats', { type: 'string', format: 'isbn' }, { type: 'string' }],
  [
    'unknown keywords',
    { type: 'object', 'x-a': 1, discriminator: 'a', xml: {}, externalDocs: {} },
    { type: 'object' },
  ],
])('converts and says so: %s', (_what, schema, expected) => {
  const { result, notes } = converted(schema);
  expect(result).toEqual(expected);
  expect(notes).not.toEqual([]);
  // What becomes of it compiles, and is as it is when it is converted again.
  expect(schemaProblems({ properties: { value: result }, type: 'object' })).toEqual([]);
  expect(converted(result)).toMatchObject({ result, notes: [] });
});

it.each<[string, object, object]>([
  ['nullable false', { type: 'string', nullable: false }, { type: 'string' }],
  [
    'minContains of 1',
    { type: 'array', contains: {}, minContains: 1 },
    { type: 'array', contains: {} },
  ],
  [
    'unevaluatedProperties of any',
    { type: 'object', unevaluatedProperties: true },
    { type: 'object' },
  ],
  ['names of schemas', { $schema: 'x', $id: 'y', id: 'z', $anchor: 'a' }, {}],
])('says nothing of what means nothing: %s', (_what, schema, expected) => {
  expect(converted(schema)).toMatchObject({ result: expected, notes: [] });
});

it.each([
  [{ type: 'object', allOf: [], unevaluatedProperties: false }, 'unevaluatedProperties'],
  [{ type: 'array', contains: {}, minContains: 2 }, 'minContains'],
  [{ type: 'array', contains: {}, maxContains: 2 }, 'maxContains'],
  [{ $dynamicRef: '#a' }, '$dynamicRef'],
  [
    { type: 'object', dependencies: { a: ['b'] }, dependentRequired: { a: ['c'] } },
    'dependentRequired',
  ],
])('refuses what draft 7 has nothing for: %o', (schema, keyword) => {
  const { findings } = converted(schema);
  expect(() => findings.report('file')).toThrow(
    `'file' cannot be imported:\n- x: '${keyword}' has no equivalent in draft 7: `,
  );
});
