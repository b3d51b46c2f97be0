import { encodedPart, type KeyProperties, keyNames } from './composite-key.ts';
import { describesIntegers, listed, typesOf } from './exact-integers.ts';
import { decodedReference, isObject, type Subschema, subschemas } from './subschemas.ts';

/** Longest key of an event, in bytes of UTF-8. A longer one has no order. */
export const MAX_KEY_BYTES = 512;

/** Bytes of a character in UTF-8, at most. */
const CHARACTER_BYTES = 4;
/** Characters of a text that fits, whatever they are. */
const MAX_LENGTH = MAX_KEY_BYTES / CHARACTER_BYTES;

/** Bytes of a text in a format, at most. Formats that are not here have no end. */
const FORMAT_BYTES: Readonly<Record<string, number>> = {
  uuid: 36,
  date: 10,
  'date-time': 35,
  'iso-date-time': 35,
  ipv4: 15,
  ipv6: 45,
  hostname: 254,
};
/** Colons of a text in a format, at most. In a part of a composite key, each has two bytes more. */
const FORMAT_COLONS: Readonly<Record<string, number>> = {
  'date-time': 3,
  'iso-date-time': 3,
  ipv6: 8,
};
const ESCAPE_BYTES = 2;
/** Bytes of the text of a whole number, at most. */
const INTEGER_BYTES = String(Number.MIN_SAFE_INTEGER).length;

function isUsable(value: unknown): boolean {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** Bytes of a text in UTF-8. Contracts are plain data, without Node's modules. */
function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether a schema by itself allows nothing but texts and whole numbers. Bounds of these are checked for all properties. */
function allowsKeysOnly(schema: Subschema): boolean {
  if (listed(schema) !== undefined) {
    return listed(schema)!.every(isUsable);
  }
  const whole = describesIntegers(schema);
  const types = typesOf(schema) ?? [];
  return (
    schema.nullable !== true &&
    types.length > 0 &&
    types.every((type) => type === 'string' || type === 'integer' || (type === 'number' && whole))
  );
}

/** Bytes of a value that a schema by itself allows, at most. Whole numbers are short. */
function maxBytes(schema: Subschema): number {
  const values = listed(schema);
  if (values !== undefined) {
    return Math.max(...values.map((value) => bytesOf(String(value))));
  }
  if (typesOf(schema)?.includes('string') !== true) {
    return 0;
  }
  const { maxLength, format } = schema;
  return Math.min(
    typeof maxLength === 'number' ? maxLength * CHARACTER_BYTES : Infinity,
    typeof format === 'string' ? (FORMAT_BYTES[format] ?? Infinity) : Infinity,
  );
}

/** A property's schema, and those that hold for it, too: what it refers to, and its `allOf`. */
function conjuncts(schema: unknown, root: object, seen = new Set<unknown>()): Subschema[] {
  if (!isObject(schema) || seen.has(schema)) {
    return [];
  }
  seen.add(schema);
  const { $ref: reference, allOf } = schema;
  const target =
    typeof reference === 'string'
      ? subschemas(root).find(([, { pointer }]) => pointer === decodedReference(reference))?.[0]
      : undefined;
  return [
    schema,
    ...conjuncts(target, root, seen),
    ...(Array.isArray(allOf) ? allOf.flatMap((part) => conjuncts(part, root, seen)) : []),
  ];
}

/** What is known of the values of a property that can be in a key. */
interface KeySchemas {
  /** Schemas that hold for the property, each of which allows nothing but texts and whole numbers. */
  readonly schemas: readonly Subschema[];
  /** Why its values cannot be in keys; undefined when they can, if they are short. */
  readonly problem?: string;
}

function keySchemas(name: string, root: { readonly properties: object }): KeySchemas {
  const property = (root.properties as Readonly<Record<string, unknown>>)[name];
  const schemas = conjuncts(property, root).filter(allowsKeysOnly);
  return schemas.length > 0
    ? { schemas }
    : {
        schemas,
        problem: `key '${name}' must be a string or a bounded integer, and its schema allows more: use type 'string', or 'integer' with minimum and maximum`,
      };
}

/**
 * Why the values of a property cannot be the keys of events; undefined when they can. Of a `pattern`
 * nothing is known here.
 *
 * @param root the schema that the property is in.
 */
export function keyProblem(
  name: string,
  root: { readonly properties: object },
): string | undefined {
  const { schemas, problem } = keySchemas(name, root);
  if (problem !== undefined) {
    return problem;
  }
  const bytes = Math.min(...schemas.map(maxBytes));
  return bytes > MAX_KEY_BYTES
    ? `key '${name}' may have ${bytes === Infinity ? 'any number of' : bytes} bytes, and events whose key has more than ${MAX_KEY_BYTES} have no order: add maxLength of at most ${MAX_LENGTH} (a character has up to ${CHARACTER_BYTES} bytes), an enum, or format 'uuid'`
    : undefined;
}

/** The only type that values of a schema have: texts or numbers; undefined when they may have both. */
function onlyType(schema: Subschema): 'string' | 'number' | undefined {
  const values = listed(schema);
  const isText =
    values?.map((value) => typeof value === 'string') ??
    typesOf(schema)?.map((type) => type === 'string') ??
    [];
  return isText.every(Boolean) ? 'string' : isText.some(Boolean) ? undefined : 'number';
}

/** Bytes of a value that a schema by itself allows as a part of a composite key, at most. */
function maxPartBytes(schema: Subschema): number {
  const values = listed(schema);
  if (values !== undefined) {
    return Math.max(...values.map((value) => bytesOf(encodedPart(String(value)))));
  }
  if (onlyType(schema) === 'number') {
    return INTEGER_BYTES;
  }
  const colons = FORMAT_COLONS[String(schema.format)] ?? 0;
  const { maxLength } = schema;
  // A character of three bytes when escaped has one byte otherwise: none has more than four.
  return Math.min(
    typeof maxLength === 'number' ? maxLength * CHARACTER_BYTES : Infinity,
    maxBytes({ ...schema, maxLength: undefined }) + colons * ESCAPE_BYTES,
  );
}

/** Whether only `maxLength` says how long the values of a schema may be. */
function isFreeText(schema: Subschema): boolean {
  return (
    listed(schema) === undefined &&
    onlyType(schema) === 'string' &&
    !Object.hasOwn(FORMAT_BYTES, String(schema.format))
  );
}

/** Why the parts of a composite key may be too long in total; undefined when they may not. */
function lengthProblem(parts: ReadonlyMap<string, readonly Subschema[]>): string | undefined {
  const sizes = [...parts].map(([name, schemas]) => ({
    name,
    bytes: Math.min(...schemas.map(maxPartBytes)),
    isFree: schemas.every(isFreeText),
  }));
  const separators = sizes.length - 1;
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, separators);
  if (total <= MAX_KEY_BYTES) {
    return undefined;
  }
  const free = sizes.filter(({ isFree }) => isFree);
  const fixed = sizes
    .filter(({ isFree }) => !isFree)
    .reduce((sum, { bytes }) => sum + bytes, separators);
  const room = Math.floor((MAX_KEY_BYTES - fixed) / CHARACTER_BYTES / free.length);
  const texts = (bytes: number) => (bytes === Infinity ? 'any number of' : String(bytes));
  return `key (${sizes.map(({ name, bytes }) => `'${name}': ${texts(bytes)}`).join(', ')}) may have ${texts(total)} bytes, and events whose key has more than ${MAX_KEY_BYTES} have no order: ${
    free.length > 0 && room > 0
      ? `use maxLength of at most ${room} for ${free.map(({ name }) => `'${name}'`).join(', ')} (a character has up to ${CHARACTER_BYTES} bytes), an enum, or format 'uuid'`
      : `use fewer or shorter properties: a uuid has ${FORMAT_BYTES.uuid} bytes`
  }`;
}

/** Why one property cannot be in a key, whatever its length is. */
function propertyProblems(
  name: string,
  { required, properties }: { readonly required?: unknown; readonly properties: object },
): string[] {
  return !Object.hasOwn(properties, name)
    ? [
        `key '${name}' is not a property of the schema: use one of ${Object.keys(properties).join(', ')}`,
      ]
    : Array.isArray(required) && required.includes(name)
      ? []
      : [
          `key '${name}' is optional in the schema: list it under 'required', or events without it lose their order`,
        ];
}

/** Why a list of properties is no composite key, whatever their schemas are. */
function listProblems(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...(names.length < 2
      ? [
          names.length === 0
            ? `key is an empty list: use the name of a property, or of two and more`
            : `key is a list of one property: use key: '${names[0]!}'`,
        ]
      : []),
    ...[...new Set(twice)].map((name) => `key has '${name}' twice: name each property once`),
  ];
}

/**
 * Every reason why properties cannot be the key of events; empty when they can.
 *
 * @param schema the schema that the properties are in.
 */
export function keyProblems(
  key: KeyProperties,
  schema: { readonly required?: unknown; readonly properties: object },
): readonly string[] {
  const names = [...new Set(keyNames(key))];
  const known = names.filter((name) => Object.hasOwn(schema.properties, name));
  const problems = [
    ...(typeof key === 'string' ? [] : listProblems(key)),
    ...names.flatMap((name) => propertyProblems(name, schema)),
  ];
  if (typeof key === 'string') {
    const problem = known.length === 0 ? undefined : keyProblem(key, schema);
    return [...problems, ...(problem === undefined ? [] : [problem])];
  }
  const parts = new Map<string, readonly Subschema[]>();
  for (const name of known) {
    const { schemas, problem } = keySchemas(name, schema);
    const ofOneType = schemas.filter((each) => onlyType(each) !== undefined);
    if (ofOneType.length > 0) {
      parts.set(name, ofOneType);
    } else {
      problems.push(
        problem ??
          `key '${name}' may be a string or an integer, and as parts of a key, 1 and '1' are the same: use one of these types`,
      );
    }
  }
  const tooLong = parts.size === names.length ? lengthProblem(parts) : undefined;
  return tooLong === undefined ? problems : [...problems, tooLong];
}
