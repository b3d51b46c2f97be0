import { decodedReference, type Subschema, subschemas } from './subschemas.ts';

const REMEDY = `add minimum and maximum within ±${Number.MAX_SAFE_INTEGER}, or use a string`;

/** The types that a schema allows; undefined when it names none, and so allows all. */
export function typesOf({ type }: Subschema): readonly unknown[] | undefined {
  return type === undefined || Array.isArray(type) ? type : [type];
}

/** Whether numbers that a schema allows are whole, and stand for more than a double can say. */
export function describesIntegers(schema: Subschema): boolean {
  const types = typesOf(schema);
  return (
    types?.includes('integer') === true ||
    (Number.isInteger(schema.multipleOf) && (types?.includes('number') ?? true))
  );
}

/** The values that a schema lists, where it lists them. */
export function listed(schema: Subschema): readonly unknown[] | undefined {
  return 'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
}

/** The first integer in a schema's value that JSON rounds; undefined when JSON keeps all of them. */
function inexactIn(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined;
  }
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return parts.map(inexactIn).find((found) => found !== undefined);
}

function isBounded(schema: Subschema): boolean {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const numbers = (bounds: unknown[]) => bounds.filter((bound) => typeof bound === 'number');
  return (
    numbers([minimum, exclusiveMinimum]).some((bound) => bound >= Number.MIN_SAFE_INTEGER) &&
    numbers([maximum, exclusiveMaximum]).some((bound) => bound <= Number.MAX_SAFE_INTEGER)
  );
}

/**
 * Every place at which a schema allows an integer that JSON parsers round: beyond ±(2^53 - 1) another
 * number arrives than was sent, and nobody is told. What is a `number` means a double, and is allowed.
 *
 * A bound counts where it stands beside the `type` that needs it: in another branch of `allOf`, it may
 * not hold for every use of the subschema.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-6
 */
export function inexactIntegers(schema: object): string[] {
  const problems = new Set<string>();
  const found = subschemas(schema);
  const pointers = new Set(found.map(([, { pointer }]) => pointer));
  for (const [subschema, { path }] of found) {
    const values = listed(subschema);
    const integers = describesIntegers(subschema);
    if (values !== undefined) {
      const doubles = !integers && typesOf(subschema)?.includes('number') === true;
      const value = doubles ? undefined : inexactIn(values);
      if (value !== undefined) {
        problems.add(`${path} allows the integer ${value}, which JSON rounds: use a string`);
      }
    } else if (integers && !isBounded(subschema)) {
      problems.add(
        `${path} allows integers beyond ±${Number.MAX_SAFE_INTEGER}, which JSON rounds: ${REMEDY}`,
      );
    }
    const { $ref: reference } = subschema;
    if (typeof reference === 'string' && !pointers.has(decodedReference(reference))) {
      problems.add(
        /^#\/(?:definitions|\$defs)\//.test(reference)
          ? `${path} refers to '${reference}', which is not there: add it under '${reference.split('/')[1]!}'`
          : `${path} refers to '${reference}', in which integers cannot be checked: use '#/definitions/…' or '#/$defs/…' of this schema`,
      );
    }
  }
  return [...problems];
}
