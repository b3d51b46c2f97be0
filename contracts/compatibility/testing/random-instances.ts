import { isObject, type Subschema } from '../../subschemas.ts';
import { type Schema, SchemaDocument, schemaOf } from '../schema-document.ts';
import type { Random } from './random.ts';
import { NAMES, NUMBERS, TEXTS } from './random-schemas.ts';

/** A value that has nothing to do with a schema. */
function anything(random: Random, depth: number): unknown {
  return random.pick<() => unknown>([
    () => random.pick(TEXTS),
    () => random.pick(NUMBERS),
    () => random.pick([null, true, false]),
    () => random.times(random.below(3), () => anything(random, 0)),
    () =>
      depth <= 0
        ? {}
        : Object.fromEntries(random.some(NAMES, 0.4).map((name) => [name, anything(random, 0)])),
  ])();
}

/** All that holds at once, with one alternative of each choice. */
function merged(random: Random, schema: Schema, document: SchemaDocument): Subschema[] {
  if (!isObject(schema)) {
    return [];
  }
  const lists = ['anyOf', 'oneOf'].flatMap((keyword) =>
    Array.isArray(schema[keyword]) ? [random.pick(schema[keyword] as unknown[])] : [],
  );
  const target = typeof schema.$ref === 'string' ? document.resolve(schema.$ref) : undefined;
  const branch = random.chance(0.5) ? [schema.if, schema.then] : [schema.else];
  return [
    schema,
    ...[target, ...lists, ...((schema.allOf as unknown[] | undefined) ?? []), ...branch].flatMap(
      (part) => (part === undefined ? [] : merged(random, schemaOf(part), document)),
    ),
  ];
}

function orAll<Item>(items: readonly Item[], fits: (item: Item) => boolean): readonly Item[] {
  const fitting = items.filter(fits);
  return fitting.length > 0 ? fitting : items;
}

function fitsText({ minLength, maxLength, pattern }: Subschema, text: string): boolean {
  return (
    text.length >= Number(minLength ?? 0) &&
    text.length <= Number(maxLength ?? Infinity) &&
    new RegExp(typeof pattern === 'string' ? pattern : '', 'u').test(text)
  );
}

function fitsNumber(part: Subschema, number: number): boolean {
  return (
    (part.type !== 'integer' || Number.isInteger(number)) &&
    number >= Number(part.minimum ?? -Infinity) &&
    number <= Number(part.maximum ?? Infinity) &&
    !(number <= Number(part.exclusiveMinimum)) &&
    !(number >= Number(part.exclusiveMaximum)) &&
    number % Number(part.multipleOf ?? 0.5) === 0
  );
}

/** A value that a schema is likely to accept. */
function likely(
  random: Random,
  nodes: readonly Schema[],
  document: SchemaDocument,
  depth: number,
): unknown {
  const parts = nodes.flatMap((node) => merged(random, node, document));
  const values = parts.flatMap((part) =>
    'const' in part ? [part.const] : ((part.enum as unknown[] | undefined) ?? []),
  );
  if (values.length > 0 && random.chance(0.9)) {
    return random.pick(values);
  }
  const types = parts.flatMap(({ type }) => (type as string | undefined) ?? []);
  if (types.length === 0 || random.chance(0.05)) {
    return anything(random, depth);
  }
  switch (random.pick(types)) {
    case 'string':
      return random.pick(orAll(TEXTS, (each) => parts.every((part) => fitsText(part, each))));
    case 'integer':
    case 'number':
      return random.pick(orAll(NUMBERS, (each) => parts.every((part) => fitsNumber(part, each))));
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    case 'array':
      return random
        .times(random.below(4), () => undefined)
        .map((_, index) =>
          likely(
            random,
            parts.map(({ items, additionalItems }) => {
              const tuple: readonly unknown[] | undefined = Array.isArray(items)
                ? items
                : undefined;
              return schemaOf(tuple === undefined ? items : (tuple[index] ?? additionalItems));
            }),
            document,
            depth - 1,
          ),
        );
    default:
      return likelyObject(random, parts, document, depth);
  }
}

function likelyObject(
  random: Random,
  parts: readonly Subschema[],
  document: SchemaDocument,
  depth: number,
): object {
  const properties = (part: Subschema) => (part.properties ?? {}) as Subschema;
  const required = new Set(parts.flatMap((part) => (part.required as string[] | undefined) ?? []));
  const names = new Set([...parts.flatMap((part) => Object.keys(properties(part))), ...required]);
  const extra = random.chance(0.3) ? random.some(NAMES, 0.4) : [];
  const chosen = [...names].filter(
    (name) => required.has(name) || (depth > 0 && random.chance(0.5)),
  );
  return Object.fromEntries(
    [...new Set([...chosen, ...extra])].map((name) => {
      const own = parts.flatMap((part) =>
        name in properties(part)
          ? [schemaOf(properties(part)[name])]
          : [
              ...Object.entries((part.patternProperties ?? {}) as Subschema)
                .filter(([pattern]) => new RegExp(pattern, 'u').test(name))
                .map(([, value]) => schemaOf(value)),
              ...(isObject(part.additionalProperties) ? [part.additionalProperties] : []),
            ],
      );
      return [name, likely(random, own, document, depth - 1)];
    }),
  );
}

/** Values of which a schema is likely to accept many. */
export function instances(random: Random, schema: Schema, count: number): unknown[] {
  const document = new SchemaDocument(schema);
  return random.times(count, () => likely(random, [schema], document, 4));
}
