import { isObject } from '../../subschemas.ts';
import type { Schema } from '../schema-document.ts';
import type { Random } from './random.ts';

/** A schema that is still changed. */
export type Draft = Record<string, unknown>;

export const NAMES = ['a', 'b', 'c', 'xa', 'xb'];
export const PATTERNS = ['^x', '^a', '[ab]$'];
export const TEXTS = [
  '',
  'a',
  'ab',
  'abc',
  'xa',
  'b1',
  '2026-01-01',
  '1d9c5f30-5c3e-4a7e-9c61-0a3f5a0c8b11',
];
export const NUMBERS = [-1, 0, 0.5, 1, 1.5, 2, 3, 4, 6];
const REFERENCES = ['#/definitions/one', '#/definitions/two'];

type Make = (random: Random, depth: number) => Schema;

const unique = <Item>(items: readonly Item[]) => [...new Set(items)];
const count = (random: Random) => random.below(4);

/** Some keywords with values. */
function keywords(
  random: Random,
  makers: Readonly<Record<string, () => unknown>>,
  probability = 0.25,
): Draft {
  return Object.fromEntries(
    random.some(Object.keys(makers), probability).map((keyword) => [keyword, makers[keyword]!()]),
  );
}

const text: Make = (random) => ({
  type: 'string',
  ...keywords(random, {
    minLength: () => count(random),
    maxLength: () => 1 + count(random),
    pattern: () => random.pick(PATTERNS),
    format: () => random.pick(['date', 'uuid', 'hostname']),
    enum: () => unique(random.some(TEXTS, 0.6).concat('a')),
  }),
});

const numeric: Make = (random) => ({
  type: random.pick(['integer', 'number', 'number']),
  ...keywords(random, {
    minimum: () => random.pick(NUMBERS),
    maximum: () => 2 + random.pick(NUMBERS),
    exclusiveMinimum: () => random.pick(NUMBERS),
    exclusiveMaximum: () => 2 + random.pick(NUMBERS),
    multipleOf: () => random.pick([0.5, 1, 2, 3, 4, 6]),
  }),
});

const listed: Make = (random) => {
  const values = [null, true, 1, 2, 0.5, 'a', 'ab', [], ['a'], {}, { a: 1 }];
  return random.chance(0.3)
    ? { const: random.pick(values) }
    : { enum: unique(random.some<unknown>(values, 0.3).concat('c')) };
};

const array: Make = (random, depth) => ({
  type: 'array',
  ...keywords(random, {
    items: () =>
      random.chance(0.5)
        ? schema(random, depth)
        : random.times(1 + random.below(2), () => schema(random, depth)),
    additionalItems: () => schema(random, depth),
    contains: () => schema(random, depth),
    uniqueItems: () => random.chance(0.7),
    minItems: () => count(random),
    maxItems: () => count(random),
  }),
});

const object: Make = (random, depth) => {
  const properties = Object.fromEntries(
    random.some(NAMES, 0.6).map((name) => [name, schema(random, depth)]),
  );
  return {
    type: 'object',
    properties,
    ...keywords(random, {
      required: () => random.some(Object.keys(properties)),
      additionalProperties: () => (random.chance(0.5) ? false : schema(random, depth)),
    }),
    ...keywords(
      random,
      {
        patternProperties: () =>
          Object.fromEntries(random.some(PATTERNS).map((each) => [each, schema(random, depth)])),
        propertyNames: () =>
          random.pick([{ maxLength: 1 }, { pattern: '^[a-c]' }, { enum: ['a', 'b'] }]),
        dependencies: () => ({
          [random.pick(NAMES)]: random.chance(0.5) ? [random.pick(NAMES)] : schema(random, depth),
        }),
        minProperties: () => random.below(3),
        maxProperties: () => 1 + count(random),
      },
      0.1,
    ),
  };
};

const combined: Make = (random, depth) => {
  const several = () => random.times(1 + random.below(3), () => schema(random, depth));
  return random.pick<() => Schema>([
    () => ({ allOf: several() }),
    () => ({ anyOf: several() }),
    () => ({ oneOf: several() }),
    () => ({ not: schema(random, depth) }),
    () => ({ ...(object(random, depth) as object), anyOf: several() }),
    () => ({ ...(object(random, depth) as object), oneOf: several() }),
    () => ({
      if: schema(random, depth),
      ...keywords(random, {
        then: () => schema(random, depth),
        else: () => schema(random, depth),
      }),
    }),
  ])();
};

const loose: Make = (random) =>
  random.pick<Schema>([
    true,
    random.chance(0.8),
    {},
    { type: 'boolean' },
    { type: 'null' },
    { type: ['string', 'integer'] },
    { type: 'string', nullable: true },
    { minimum: 2, maxLength: 2, required: ['a'] },
  ]);

/** A random schema. */
export function schema(random: Random, depth: number): Schema {
  const leaves: Make[] = [text, text, numeric, numeric, listed, loose];
  // References only where something is consumed: those that lead to themselves at once are refused.
  return random.pick(
    depth <= 0 ? leaves : [...leaves, array, array, object, object, object, combined, combined],
  )(random, depth - 1);
}

/** A schema of an object, with definitions that it refers to, and that may refer to themselves. */
function rootSchema(random: Random): Draft {
  const definition = (): Draft => {
    const tree = object(random, 1) as Draft;
    (tree.properties as Draft).next = random.pick<unknown>([
      { $ref: random.pick(REFERENCES) },
      { type: 'array', items: { $ref: random.pick(REFERENCES) } },
      { type: 'string' },
    ]);
    return tree;
  };
  const root = object(random, 2) as Draft;
  if (random.chance(0.7)) {
    return root;
  }
  (root.properties as Draft).tree = { $ref: random.pick(REFERENCES) };
  return { ...root, definitions: { one: definition(), two: definition() } };
}

/** Two schemas of one kind with many keywords, of which they share most. */
function similar(random: Random): [Draft, Draft] {
  const make = random.pick([text, numeric, numeric, array, object, object]);
  const draft = () => make(random, 0) as Draft;
  const one = { ...draft(), ...draft() };
  const fresh = { ...one, ...draft() };
  const other = Object.fromEntries(
    Object.keys(fresh)
      .filter((keyword) => keyword === 'type' || random.chance(0.9))
      .map((keyword) => [
        keyword,
        random.chance(0.6) ? (one[keyword] ?? fresh[keyword]) : fresh[keyword],
      ]),
  );
  const property = (value: Draft): Draft => ({ type: 'object', properties: { a: value } });
  return [property(one), property(other)];
}

/** Two schemas: one is the other with small changes, or they are of one kind. */
export function schemaPair(random: Random): [Draft, Draft] {
  const one = rootSchema(random);
  const pair: [Draft, Draft] = random.chance(0.7) ? similar(random) : [one, changed(random, one)];
  return random.chance(0.5) ? pair : [pair[1], pair[0]];
}

/** Keywords that hold schemas by name. */
const NAMED = ['properties', 'patternProperties', 'dependencies', 'definitions'];
/** Keywords that hold data. */
const DATA = ['enum', 'const', 'required', 'type'];

/** Every subschema that can be exchanged, with what exchanges it. */
function places(value: unknown, replace: (by: unknown) => void): [Draft, (by: unknown) => void][] {
  if (!isObject(value)) {
    return [];
  }
  const draft = value as Draft;
  const inside = (container: Draft | unknown[], keys: readonly (string | number)[]) =>
    keys.flatMap((key) =>
      places((container as Draft)[key], (by) => ((container as Draft)[key] = by)),
    );
  return [
    [draft, replace],
    ...Object.keys(draft)
      .filter((keyword) => !DATA.includes(keyword))
      .flatMap((keyword) => {
        const held = draft[keyword];
        return Array.isArray(held)
          ? inside(held, [...held.keys()])
          : NAMED.includes(keyword)
            ? inside(held as Draft, Object.keys(held as Draft))
            : inside(draft, [keyword]);
      }),
  ];
}

/** A schema with one or several small changes. */
function changed(random: Random, original: Draft): Draft {
  const root = structuredClone(original);
  for (let changes = 1 + random.below(2); changes > 0; changes--) {
    const [draft, replace] = random.pick(places(root, () => undefined));
    changeOne(random, draft, draft === root ? undefined : replace);
  }
  return root;
}

function changeOne(random: Random, draft: Draft, replace?: (by: unknown) => void): void {
  const keyword = random.pick(Object.keys(draft).concat('type'));
  const value = draft[keyword];
  const fresh = schema(random, 1);
  const choices: (() => unknown)[] = [
    () => Reflect.deleteProperty(draft, keyword === 'definitions' ? 'minLength' : keyword),
    () => typeof value === 'number' && (draft[keyword] = Math.max(0, value + random.pick([-1, 1]))),
    () => Array.isArray(value) && value.length > 1 && value.splice(random.below(value.length), 1),
    () =>
      Array.isArray(value) &&
      ['enum', 'required'].includes(keyword) &&
      value.push(random.pick(NAMES)),
    () => isObject(fresh) && draft.type === fresh.type && Object.assign(draft, fresh, { ...draft }),
    () => isObject(draft.properties) && ((draft.properties as Draft)[random.pick(NAMES)] = fresh),
    () => (draft.additionalProperties = random.pick<unknown>([false, true, fresh])),
    () => replace?.(fresh),
    () => replace?.({ [random.pick(['anyOf', 'oneOf'])]: [structuredClone(draft), fresh] }),
    () => replace?.({ allOf: [structuredClone(draft), ...random.some([fresh])] }),
    () => draft.type === 'integer' && (draft.type = 'number'),
  ];
  random.pick(choices)();
}
