import { describe, expect, it } from 'vitest';
import { defineEvent } from './event-contract.ts';
import { markedTexts, marksOf, replaceMarked, wireSchema } from './marks.ts';
import { compileSchema } from './schema-compiler.ts';

const text = { type: 'string', maxLength: 20 } as const;
const secret = { ...text, pii: true } as const;
const base = {
  ...{ type: 'com.example.user.moved', version: '1.0.0', topic: 'user-moved', key: 'user' },
  description: 'A user has moved.',
};

/** Declares an event with these properties beside `user`. */
function declare(properties: object, more: object = {}) {
  return defineEvent({
    ...base,
    ...more,
    schema: { type: 'object', required: ['user'], properties: { user: text, ...properties } },
  });
}

describe('marked values', () => {
  it.each<[string, object, object, string[]]>([
    ['a property', { name: secret }, { name: 'Ann' }, ['Ann']],
    [
      'items',
      { names: { type: 'array', items: secret } },
      { names: ['Ann', 'Bob'] },
      ['Ann', 'Bob'],
    ],
    [
      'items by position',
      { pair: { type: 'array', items: [text, secret], minItems: 2, additionalItems: false } },
      { pair: ['open', 'Ann'] },
      ['Ann'],
    ],
    [
      'other properties',
      { names: { type: 'object', properties: { open: text }, additionalProperties: secret } },
      { names: { open: 'x', first: 'Ann' } },
      ['Ann'],
    ],
    [
      'properties by pattern',
      { names: { type: 'object', patternProperties: { '^n': secret } } },
      { names: { n1: 'Ann', m1: 'open' } },
      ['Ann'],
    ],
    [
      'alternatives',
      { contact: { anyOf: [{ type: 'object', properties: { mail: secret } }, text] } },
      { contact: { mail: 'a@b' } },
      ['a@b'],
    ],
    ['null', { name: { anyOf: [secret, { type: 'null' }] } }, { name: null }, []],
  ])('are found in %s', (_name, properties, data, found) => {
    const { schema } = declare(properties);
    expect([...marksOf(schema)]).toEqual(['pii']);
    expect(markedTexts(schema, data, 'pii')).toEqual(found);
    const hidden = replaceMarked(schema, data, 'pii', (value) =>
      typeof value === 'string' ? '*' : value,
    );
    expect(JSON.stringify(hidden).match(/\*/g) ?? []).toHaveLength(found.length);
  });

  it('are found behind references, also in circles', () => {
    const definitions = {
      node: {
        type: 'object',
        properties: {
          name: secret,
          children: { type: 'array', items: { $ref: '#/definitions/node' } },
        },
      },
    };
    const properties: object = { user: text, tree: { $ref: '#/definitions/node' } };
    const schema = { type: 'object', required: ['user'], properties, definitions };
    defineEvent({ ...base, schema: schema as never });
    const tree = {
      name: 'Ann',
      children: [{ name: 'Bob', children: [] }, { children: [{ name: 'Cy' }] }],
    };
    const paths: string[] = [];
    replaceMarked(schema, { user: 'u', tree }, 'pii', (value, path) => {
      paths.push(path);
      return value;
    });
    expect(paths).toEqual([
      '/tree/name',
      '/tree/children/0/name',
      '/tree/children/1/children/0/name',
    ]);
  });

  it('keep data as they are where nothing is marked', () => {
    const { schema } = declare({ name: text });
    const data = { user: 'u', name: 'Ann' };
    expect(replaceMarked(schema, data, 'pii', () => '*')).toBe(data);
    expect(wireSchema(schema)).toBe(schema);
  });
});

describe('the schema of what is in events', () => {
  const contract = declare({
    name: { ...secret, format: 'email' },
    lines: { type: 'array', items: text, claimCheck: true },
  });
  const sealed = `pii:1:${'A'.repeat(60)}`;
  const claim = { claim: `2026-01-01/${'a'.repeat(64)}`, sha256: 'a'.repeat(64), bytes: 7 };
  const check = compileSchema(contract);

  it.each([
    [{ name: 'a@example.com' }, true],
    [{ name: sealed }, true],
    [{ name: 'no mail' }, false],
    [{ name: 'pii:1:short' }, false],
    [{ lines: ['a'] }, true],
    [{ lines: claim }, true],
    [{ lines: { ...claim, more: 1 } }, false],
    [{ lines: { ...claim, sha256: 'A' } }, false],
    [{ lines: 'a' }, false],
  ])('decides on %j', (data, valid) => {
    expect(check({ user: 'u', ...data })).toBe(valid);
  });
});

describe('defineEvent', () => {
  it.each<[string, object, object, string]>([
    [
      'personal data that are no string',
      { age: { type: 'integer', minimum: 0, maximum: 9, pii: true } },
      {},
      '#/properties/age is personal data (pii) and no string',
    ],
    [
      'a personal object',
      { home: { type: 'object', pii: true } },
      {},
      '#/properties/home is personal data (pii) and no string',
    ],
    [
      'a personal key',
      { user: secret },
      {},
      "'user' is the key or subject of its events, and marked",
    ],
    [
      'a key that refers to personal data',
      { user: { $ref: '#/properties/name' }, name: secret },
      {},
      "'user' is the key or subject of its events, and marked",
    ],
    [
      'a subject that is not there',
      { name: secret },
      { subject: 'person' },
      "subject 'person' must be a required property",
    ],
    [
      'an optional subject',
      { name: secret, person: text },
      { subject: 'person' },
      "subject 'person' must be a required property",
    ],
    [
      'a claim check within a property',
      { page: { type: 'object', properties: { lines: { ...text, claimCheck: true } } } },
      {},
      '#/properties/page/properties/lines has a claimCheck, and is no property of the data itself',
    ],
    [
      'a claim check of personal data',
      { page: { type: 'object', properties: { name: secret }, claimCheck: true } },
      {},
      '#/properties/page has a claimCheck and holds personal data (pii)',
    ],
    [
      'a mark that is no flag',
      { name: { ...text, pii: 'yes' } },
      {},
      '#/properties/name/pii must be true or false',
    ],
    ['a subject of another type', { name: secret }, { subject: 7 }, 'subject (7) must be a string'],
  ])('refuses %s', (_name, properties, more, message) => {
    expect(() => declare(properties, more)).toThrow(message);
  });

  it.each([
    [
      'personal data under a composite key without a subject',
      {},
      "subject is missing: the key is composite, and the personal data (pii) are about one person: add subject with the property that names the person, e.g. 'user'",
    ],
    [
      'a personal part of a composite key',
      { key: ['user', 'name'], subject: 'user' },
      "'name' is the key or subject of its events, and marked",
    ],
  ])('refuses %s', (_name, more, message) => {
    const define = () =>
      defineEvent({
        ...base,
        key: ['user', 'shop'],
        schema: {
          type: 'object',
          required: ['user', 'shop', 'name'],
          properties: {
            user: { type: 'string', maxLength: 20 },
            shop: { type: 'string', maxLength: 20 },
            name: { type: 'string', maxLength: 20, pii: true } as never,
          },
        },
        ...more,
      });
    expect(define).toThrow(message);
  });

  it('takes a subject beside the key', () => {
    const contract = defineEvent({
      ...base,
      subject: 'person',
      schema: {
        type: 'object',
        required: ['user', 'person'],
        properties: { user: text, person: text, name: secret },
      },
    });
    expect(contract.subject).toBe('person');
  });
});
