import { describe, expect, it } from 'vitest';
import { schemaIncompatibilities } from './compare-schemas.ts';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const found = (writer: object, reader: object, policy: 'strict' | 'lenient' = 'lenient') =>
  schemaIncompatibilities(writer, reader, policy).map(({ path, problem }) => `${path} ${problem}`);

describe('what a reader does not accept has path and both values', () => {
  it.each<[object, object, string]>([
    [
      { lines: { type: 'array', items: object({ amount: { type: 'number' } }) } },
      { lines: { type: 'array', items: object({ amount: { type: 'integer' } }) } },
      '$.lines[*].amount may be of type number, and must be of type integer',
    ],
    [
      { state: { enum: ['new', 'paid'] } },
      { state: { enum: ['new'] } },
      "$.state may be 'paid', and must be one of 'new'",
    ],
    [
      { size: { type: 'number', minimum: 1 } },
      { size: { type: 'number', exclusiveMinimum: 1 } },
      '$.size may be as small as 1, and must be greater than 1',
    ],
    [
      { code: { type: 'string', pattern: '^a' } },
      { code: { type: 'string', pattern: '^b' } },
      "$.code may be any text that matches '^a', and must match '^b'",
    ],
    [
      { 'a-b': { type: 'string' } },
      { 'a-b': { type: 'string', maxLength: 5 } },
      '$["a-b"] may have any number of characters, and must have at most 5',
    ],
    [
      { pair: { type: 'array', items: [{ type: 'string' }, { type: 'null' }] } },
      { pair: { type: 'array', items: [{ type: 'string' }, { type: 'string' }] } },
      '$.pair[1] may be null, which is not accepted',
    ],
  ])('%j', (writer, reader, message) => {
    expect(found(object(writer), object(reader))).toEqual([message]);
  });

  it('names an integer within an exclusive bound', () => {
    const above = (more: object) => object({ size: { type: 'integer', maximum: 9, ...more } });
    expect(found(above({ exclusiveMinimum: 0 }), above({ minimum: 1 }))).toEqual([]);
  });
});

it('names that match several patterns have what all of them say', () => {
  const of = (b: object) => ({
    type: 'object',
    patternProperties: { '^a': { type: 'string', maxLength: 9 }, b$: b },
  });
  expect(found(of({}), of({ maxLength: 5 }))).not.toEqual([]);
  // A name that matches the second pattern alone is the writer's own.
  const writer = { type: 'object', patternProperties: { '^a': { type: 'string' } } };
  const reader = {
    type: 'object',
    patternProperties: { '^a': { type: 'string' }, b$: { type: 'integer' } },
  };
  expect(found(writer, reader)).not.toEqual([]);
});

it('a property that another alternative declares may be there', () => {
  const alternatives = (more: object) =>
    object(
      { id: { type: 'string' } },
      { anyOf: [object({}), object({ note: { type: 'string' } })], ...more },
    );
  const reader = object({ id: { type: 'string' }, note: { type: 'string' } });
  expect(found(alternatives({}), reader)).toEqual([
    '$.note may be of type null or boolean or array or object or number, and must be of type string',
  ]);
});

describe('schemas that lead to themselves', () => {
  const tree = (text: object) =>
    object(
      { root: { $ref: '#/definitions/node' } },
      {
        definitions: {
          node: object({ text, replies: { type: 'array', items: { $ref: '#/definitions/node' } } }),
        },
      },
    );

  it('are compared', () => {
    const [short, long] = [9, 10].map((maxLength) => tree({ type: 'string', maxLength }));
    expect(found(short!, long!)).toEqual([]);
    expect(found(long!, short!)).toContain(
      '$.root.text may have 10 characters, and must have at most 9',
    );
  });

  it('take little time where each leads to all others', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
    const graph = (value: object) =>
      object(
        { root: { $ref: '#/definitions/n0' } },
        {
          definitions: Object.fromEntries(
            names.map((name) => [
              name,
              object({
                value,
                ...Object.fromEntries(names.map((to) => [to, { $ref: `#/definitions/${to}` }])),
              }),
            ]),
          ),
        },
      );
    const started = performance.now();
    expect(found(graph({ type: 'integer' }), graph({ type: 'number' }))).toEqual([]);
    expect(found(graph({ type: 'number' }), graph({ type: 'integer' })).length).toBeLessThan(30);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

it('gives up on alternatives that are nested beyond measure, and says so', () => {
  const nested = (depth: number, maxLength: number): object =>
    depth === 0
      ? { type: 'string', maxLength }
      : {
          oneOf: [
            nested(depth - 1, maxLength),
            { type: 'array', items: nested(depth - 1, maxLength) },
            { type: 'null' },
          ],
        };
  expect(found(object({ a: nested(7, 5) }), object({ a: nested(7, 6) }))).toEqual([
    '$ has too many alternatives within each other to be compared',
  ]);
});
