/** A schema or a part of one, as it may be written: nothing of it has been checked. */
export type Subschema = Readonly<Record<string, unknown>>;

/** Where a subschema is. */
export interface Place {
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

/** Keywords that hold a subschema which allows no value by itself, by what they add to the path. */
const WITHOUT_VALUES = new Map([
  ['not', ''],
  ['propertyNames', ''],
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

/** Whether a value is an object, and not a list. */
export function isObject(value: unknown): value is Subschema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a pointer has behind that of another, e.g. `/properties/a~1b`. */
export function pointerOf(...tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A reference as the pointer that it stands for. */
export function decodedReference(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/**
 * Every subschema that can allow a value, with its place. What `not` holds allows nothing.
 *
 * @param all whether those that allow no value are wanted, too.
 */
export function subschemas(
  schema: unknown,
  all = false,
  place: Place = { path: '$', pointer: '#' },
): [Subschema, Place][] {
  if (!isObject(schema)) {
    return [];
  }
  const found: [Subschema, Place][] = [[schema, place]];
  const add = (child: unknown, path: string, ...tokens: string[]): void => {
    const pointer = place.pointer + pointerOf(...tokens);
    found.push(...subschemas(child, all, { path, pointer }));
  };
  const addNamed = (keyword: string, children: object, pathOf: (name: string) => string): void => {
    for (const [name, child] of Object.entries(children)) {
      add(child, pathOf(name), keyword, name);
    }
  };
  for (const [keyword, value] of Object.entries(schema)) {
    const suffix = SUBSCHEMAS.get(keyword) ?? (all ? WITHOUT_VALUES.get(keyword) : undefined);
    const suffixOf = NAMED_SUBSCHEMAS.get(keyword);
    if (suffix !== undefined && Array.isArray(value)) {
      value.forEach((child, index) => {
        const path = suffix === '[*]' ? `[${index}]` : suffix;
        add(child, `${place.path}${path}`, keyword, String(index));
      });
    } else if (suffix !== undefined) {
      add(value, `${place.path}${suffix}`, keyword);
    } else if (suffixOf !== undefined && isObject(value)) {
      addNamed(keyword, value, (name) => place.path + suffixOf(name));
    } else if (DEFINITIONS.has(keyword) && isObject(value)) {
      addNamed(keyword, value, (name) => place.pointer + pointerOf(keyword, name));
    }
  }
  return found;
}

/**
 * A schema with other direct subschemas.
 *
 * @param map takes what stands in the place of a subschema, which may be anything, and where it is in the schema.
 */
export function mapSubschemas(
  schema: Subschema,
  map: (child: unknown, ...tokens: string[]) => unknown,
): Subschema {
  const mapped = ([keyword, value]: [string, unknown]): unknown => {
    if (SUBSCHEMAS.has(keyword) || WITHOUT_VALUES.has(keyword)) {
      return Array.isArray(value)
        ? value.map((child, index) => map(child, keyword, String(index)))
        : map(value, keyword);
    }
    if ((NAMED_SUBSCHEMAS.has(keyword) || DEFINITIONS.has(keyword)) && isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, map(child, keyword, name)]),
      );
    }
    return value;
  };
  return Object.fromEntries(Object.entries(schema).map((entry) => [entry[0], mapped(entry)]));
}
