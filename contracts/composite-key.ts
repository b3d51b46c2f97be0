/** Properties of data whose values are the key of an event: one, or two and more that are a composite key. */
export type KeyProperties = string | readonly string[];

/** Between the parts of a composite key. */
const SEPARATOR = ':';
/** What stands for a character of a part, so that no part has a separator in it. */
const ESCAPES: Readonly<Record<string, string>> = { '%': '%25', ':': '%3A' };

/** A part as it is in a key. */
export function encodedPart(part: string): string {
  return part.replaceAll(/[%:]/g, (character) => ESCAPES[character]!);
}

/** Parts as one key. */
function joined(parts: readonly string[]): string {
  return parts.map(encodedPart).join(SEPARATOR);
}

/** The properties that a key is made of, in the order of its parts. */
export function keyNames(key: KeyProperties): readonly string[] {
  return typeof key === 'string' ? [key] : key;
}

/** A key as people read it: its property, or its properties as its parts are written, e.g. `tenant:service`. */
export function keyName(key: KeyProperties): string {
  return typeof key === 'string' ? key : joined(key);
}

/** The key in data of which nothing is known; undefined where they do not have all of it. */
export function keyIn({ key }: { readonly key: KeyProperties }, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) {
    return undefined;
  }
  const parts: string[] = [];
  for (const name of keyNames(key)) {
    const value = Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return undefined;
    }
    parts.push(String(value));
  }
  // A single key is its text, as it is.
  return typeof key === 'string' ? parts[0] : joined(parts);
}

/**
 * The parts of a composite key.
 *
 * @returns undefined for a text that {@link compositeKey} does not make.
 */
export function keyParts(key: string): readonly string[] | undefined {
  const parts = key
    .split(SEPARATOR)
    .map((part) => part.replaceAll(/%3A|%25/g, (escape) => (escape === '%25' ? '%' : ':')));
  return joined(parts) === key ? parts : undefined;
}

/**
 * One text for several values, e.g. the key of a value in a cache. No two lists have the same one: `:` is between the
 * parts, and within a part, `%` is `%25` and `:` is `%3A`. A number is its text.
 *
 * @throws Error when there are no parts, or one is not a string or an integer.
 * @example
 * compositeKey(['route', 'team-a', 'payments', 2]); // 'route:team-a:payments:2'
 */
export function compositeKey(parts: readonly (string | number)[]): string {
  if (parts.length === 0) {
    throw new Error('a composite key has no parts: give at least one string or integer');
  }
  const wrong = parts.findIndex((part) =>
    typeof part === 'string' ? !part.isWellFormed() : !Number.isSafeInteger(part),
  );
  if (wrong >= 0) {
    throw new Error(
      `part ${wrong + 1} of a composite key (${JSON.stringify(parts[wrong])}) must be a string of whole characters, or an integer within ±${Number.MAX_SAFE_INTEGER}: convert it to a string`,
    );
  }
  return joined(parts.map(String));
}
