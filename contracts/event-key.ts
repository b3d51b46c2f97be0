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
  const property = (root.properties as Readonly<Record<string, unknown>>)[name];
  const parts = conjuncts(property, root);
  if (!parts.some(allowsKeysOnly)) {
    return `key '${name}' must be a string or a bounded integer, and its schema allows more: use type 'string', or 'integer' with minimum and maximum`;
  }
  const bytes = Math.min(...parts.filter(allowsKeysOnly).map(maxBytes));
  return bytes > MAX_KEY_BYTES
    ? `key '${name}' may have ${bytes === Infinity ? 'any number of' : bytes} bytes, and events whose key has more than ${MAX_KEY_BYTES} have no order: add maxLength of at most ${MAX_LENGTH} (a character has up to ${CHARACTER_BYTES} bytes), an enum, or format 'uuid'`
    : undefined;
}
