import { type KeyProperties, keyNames } from './composite-key.ts';
import { CIPHERTEXT, CLAIM_SCHEMA } from './interface/sealed-values.ts';
import {
  decodedReference,
  isObject,
  mapSubschemas,
  pointerOf,
  type Subschema,
  subschemas,
} from './subschemas.ts';

/**
 * Keywords of schemas that say how a value is kept:
 *
 * - `pii`: personal data, encrypted with a key of the person whom they are about;
 * - `claimCheck`: a large value, which may be in a store, with a reference to it in the event.
 */
export const MARKS = ['pii', 'claimCheck'] as const;

/** A keyword of {@link MARKS}. */
export type Mark = (typeof MARKS)[number];

/** Every subschema with a mark, with its pointer. */
function marked(schema: unknown, mark: Mark): [Subschema, string][] {
  return subschemas(schema, true)
    .filter(([subschema]) => subschema[mark] === true)
    .map(([subschema, { pointer }]) => [subschema, pointer]);
}

const known = new WeakMap<object, ReadonlySet<Mark>>();

/** The marks that are somewhere in a schema. */
export function marksOf(schema: object): ReadonlySet<Mark> {
  let marks = known.get(schema);
  if (marks === undefined) {
    marks = new Set(MARKS.filter((mark) => marked(schema, mark).length > 0));
    known.set(schema, marks);
  }
  return marks;
}

/** What events hold in place of a marked value. */
const INSTEAD: Readonly<Record<Mark, object>> = {
  pii: { type: 'string', pattern: CIPHERTEXT },
  claimCheck: CLAIM_SCHEMA,
};

/** The schema of what is in events: a marked value, or what stands in its place. */
export function wireSchema<Schema extends object>(schema: Schema): Schema {
  return marksOf(schema).size === 0 ? schema : (withPlaceholders(schema) as Schema);
}

function withPlaceholders(value: unknown): unknown {
  if (!isObject(value)) {
    return value;
  }
  const mark = MARKS.find((each) => value[each] === true);
  const rest = Object.entries(value).filter(([keyword]) => !MARKS.includes(keyword as Mark));
  const schema = mapSubschemas(Object.fromEntries(rest), withPlaceholders);
  return mark === undefined ? schema : { anyOf: [schema, INSTEAD[mark]] };
}

/** What stands in place of a value. @param path the value's own, e.g. `/lines/0/name` */
export type Replacement = (value: unknown, path: string) => unknown;

/** The subschemas that describe a value's property or item, whatever else holds for it. */
function childrenOf(schemas: readonly Subschema[], name: string | number): unknown[] {
  return schemas.flatMap((schema) => {
    if (typeof name === 'number') {
      const { items, additionalItems, contains } = schema;
      const item: unknown = Array.isArray(items) ? (items[name] ?? additionalItems) : items;
      return [item, contains];
    }
    const { properties, patternProperties, additionalProperties } = schema;
    const own =
      isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const matching = isObject(patternProperties)
      ? Object.entries(patternProperties).flatMap(([pattern, child]) =>
          new RegExp(pattern, 'u').test(name) ? [child] : [],
        )
      : [];
    return [own, ...matching, own === undefined && matching.length === 0 && additionalProperties];
  });
}

const targets = new WeakMap<object, ReadonlyMap<string, Subschema>>();

/** What a reference leads to. */
function targetOf(root: object, reference: unknown): Subschema | undefined {
  if (typeof reference !== 'string') {
    return undefined;
  }
  let byPointer = targets.get(root);
  if (byPointer === undefined) {
    byPointer = new Map(subschemas(root).map(([schema, { pointer }]) => [pointer, schema]));
    targets.set(root, byPointer);
  }
  return byPointer.get(decodedReference(reference));
}

/** A schema, and all that may hold beside it for the same value. */
function applicable(schema: unknown, root: object, seen = new Set<unknown>()): Subschema[] {
  if (!isObject(schema) || seen.has(schema)) {
    return [];
  }
  seen.add(schema);
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => schema[keyword] ?? []);
  const dependent = isObject(schema.dependencies) ? Object.values(schema.dependencies) : [];
  const others = [
    targetOf(root, schema.$ref),
    ...parts,
    schema.if,
    schema.then,
    schema.else,
    ...dependent,
  ];
  return [schema, ...others.flatMap((other) => applicable(other, root, seen))];
}

/**
 * A copy of data in which marked values are replaced. Without one, the data themselves.
 *
 * @param schema of the data.
 */
export function replaceMarked(
  schema: object,
  data: unknown,
  mark: Mark,
  replace: Replacement,
): unknown {
  if (!marksOf(schema).has(mark)) {
    return data;
  }
  const visit = (candidates: readonly unknown[], value: unknown, path: string): unknown => {
    const seen = new Set<unknown>();
    const schemas = candidates.flatMap((candidate) => applicable(candidate, schema, seen));
    if (schemas.some((each) => each[mark] === true)) {
      return replace(value, path);
    }
    if (schemas.length === 0) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((item, index) =>
        visit(childrenOf(schemas, index), item, `${path}/${index}`),
      );
    }
    return isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, item]) => [
            name,
            visit(childrenOf(schemas, name), item, path + pointerOf(name)),
          ]),
        )
      : value;
  };
  return visit([schema], data, '');
}

/** The texts among the marked values of data. */
export function markedTexts(schema: object, data: unknown, mark: Mark): string[] {
  const found: string[] = [];
  replaceMarked(schema, data, mark, (value) => {
    if (typeof value === 'string') {
      found.push(value);
    }
    return value;
  });
  return found;
}

/** Whether a property of the data is marked, be it by what it refers to. */
function isMarked(schema: object, name: string, mark: Mark): boolean {
  let found = false;
  replaceMarked(schema, { [name]: '' }, mark, (value) => {
    found = true;
    return value;
  });
  return found;
}

/** What a contract's marks are checked against. */
export interface MarkedContract {
  readonly key: KeyProperties;
  readonly subject?: string | undefined;
  readonly schema: { readonly properties: object; readonly required?: readonly string[] };
}

/** Every reason why marked values of a contract could not be kept as they are marked. */
export function markProblems({ key, subject, schema }: MarkedContract): string[] {
  const personal = marked(schema, 'pii');
  const large = marked(schema, 'claimCheck');
  return [
    ...MARKS.flatMap((mark) =>
      subschemas(schema, true)
        .filter(([each]) => mark in each && typeof each[mark] !== 'boolean')
        .map(([, { pointer }]) => `${pointer}/${mark} must be true or false`),
    ),
    ...personal
      .filter(([{ type }]) => type !== 'string')
      .map(
        ([, pointer]) =>
          `${pointer} is personal data (pii) and no string: mark the strings in it, or keep numbers as strings`,
      ),
    ...large
      .filter(([, pointer]) => !/^#\/properties\/[^/]+$/.test(pointer))
      .map(
        ([, pointer]) =>
          `${pointer} has a claimCheck, and is no property of the data itself: mark the property that it is in`,
      ),
    ...large
      .filter(([each]) => marksOf(each).has('pii'))
      .map(
        ([, pointer]) =>
          `${pointer} has a claimCheck and holds personal data (pii): what is in a store cannot be erased by a key; keep them in the event`,
      ),
    ...[...new Set([...keyNames(key), ...(subject === undefined ? [] : [subject])])]
      .filter((name) => MARKS.some((mark) => isMarked(schema, name, mark)))
      .map(
        (name) => `'${name}' is the key or subject of its events, and marked: leave the mark out`,
      ),
    ...(personal.length > 0 ? subjectProblems(subject ?? key, schema) : []),
  ];
}

/** Why a property does not say whom personal data are about. Without one, it is the key. */
function subjectProblems(
  subject: KeyProperties,
  { properties, required = [] }: MarkedContract['schema'],
): string[] {
  if (typeof subject !== 'string') {
    return [
      `subject is missing: the key is composite, and the personal data (pii) are about one person: add subject with the property that names the person, e.g. '${subject[0] ?? 'user_id'}'`,
    ];
  }
  return required.includes(subject) && Object.hasOwn(properties, subject)
    ? []
    : [
        `subject '${subject}' must be a required property: it names the person whom the personal data (pii) are about`,
      ];
}
