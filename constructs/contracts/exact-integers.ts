/** A schema or a part of one, as it may be written: nothing of it has been checked. */
type Subschema = Readonly<Record<string, unknown>>;

/** Where a subschema is. */
interface Place {
  /** The values that it describes, e.g. `$.lines[*].amount`. */
  readonly path: string;
  /** The subschema itself, as a `$ref` would name it, e.g. `#/properties/lines/items`. */
  readonly pointer: string;
}

/** Keywords that hold one subschema, or an array of them, by what they add to the path of a value. */
const SUBSCHEMAS = new Map([
  ['items', '[*]'],
  ['additionalItems', '[*]'],
  ['prefixItems', '[*]'],
  ['unevaluatedItems', '[*]'],
  ['contains', '[*]'],
  ['additionalProperties', '.*'],
  ['unevaluatedProperties', '.*'],
  ...['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'].map((keyword) => [keyword, ''] as const),
]);

/** Keywords that hold subschemas by name, by what a name adds to the path of a value. */
const NAMED_SUBSCHEMAS = new Map<string, (name: string) => string>([
  [
    'properties',
    (name) => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`),
  ],
  ['patternProperties', (pattern) => `[/${pattern}/]`],
  ['dependencies', () => ''],
  ['dependentSchemas', () => ''],
]);

/** Keywords that hold subschemas which apply only where a `$ref` names them. */
const DEFINITIONS: ReadonlySet<string> = new Set(['definitions', '$defs']);

const REMEDY = `add minimum and maximum within ±${Number.MAX_SAFE_INTEGER}, or use a string`;

function isObject(value: unknown): value is Subschema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The types that a schema allows; undefined when it names none, and so allows all. */
function typesOf({ type }: Subschema): readonly unknown[] | undefined {
  return type === undefined || Array.isArray(type) ? type : [type];
}

/** Whether numbers that a schema allows are whole, and stand for more than a double can say. */
function describesIntegers(schema: Subschema): boolean {
  const types = typesOf(schema);
  return (
    types?.includes('integer') === true ||
    (Number.isInteger(schema.multipleOf) && (types?.includes('number') ?? true))
  );
}

/** The values that a schema lists, where it lists them. */
function listed(schema: Subschema): readonly unknown[] | undefined {
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

/** Every subschema that can allow a value, with its place. What `not` holds allows nothing. */
function subschemas(schema: unknown, place: Place): [Subschema, Place][] {
  if (!isObject(schema)) {
    return [];
  }
  const found: [Subschema, Place][] = [[schema, place]];
  const add = (child: unknown, path: string, ...tokens: string[]): void => {
    const escaped = tokens.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1'));
    const pointer = [place.pointer, ...escaped].join('/');
    found.push(...subschemas(child, { path, pointer }));
  };
  for (const [keyword, value] of Object.entries(schema)) {
    const suffix = SUBSCHEMAS.get(keyword);
    const suffixOf = NAMED_SUBSCHEMAS.get(keyword);
    if (suffix !== undefined && Array.isArray(value)) {
      value.forEach((child, index) => {
        const path = suffix === '[*]' ? `[${index}]` : suffix;
        add(child, `${place.path}${path}`, keyword, String(index));
      });
    } else if (suffix !== undefined) {
      add(value, `${place.path}${suffix}`, keyword);
    } else if (suffixOf !== undefined && isObject(value)) {
      for (const [name, child] of Object.entries(value)) {
        add(child, `${place.path}${suffixOf(name)}`, keyword, name);
      }
    } else if (DEFINITIONS.has(keyword) && isObject(value)) {
      for (const [name, child] of Object.entries(value)) {
        add(child, `${place.pointer}/${keyword}/${name}`, keyword, name);
      }
    }
  }
  return found;
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
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
  const found = subschemas(schema, { path: '$', pointer: '#' });
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
    if (typeof reference === 'string' && !pointers.has(decoded(reference))) {
      problems.add(
        `${path} refers to '${reference}', in which integers cannot be checked: use '#/definitions/…' or '#/$defs/…' of this schema`,
      );
    }
  }
  return [...problems];
}

/** Why the values of a property cannot be the keys of events; undefined when they can. */
export function keyProblem(name: string, schema: unknown): string | undefined {
  const usable = (value: unknown) => typeof value === 'string' || Number.isSafeInteger(value);
  if (isObject(schema)) {
    const types = typesOf(schema);
    const whole = describesIntegers(schema);
    const typed = (type: unknown) =>
      type === 'string' || type === 'integer' || (type === 'number' && whole);
    // Whether integers are bounded is said of every property.
    if (listed(schema)?.every(usable) === true || types?.every(typed) === true) {
      return undefined;
    }
  }
  return `key '${name}' must be a string or a bounded integer, and its schema allows more: use type 'string', or 'integer' with minimum and maximum`;
}
