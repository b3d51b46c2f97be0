import {
  decodedReference,
  isObject,
  type Subschema,
  subschemas,
} from '@cdk8s-event-platform/contracts/internal';

/** Keywords whose subschemas describe the same value. */
export const SAME_VALUE: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'not', 'dependencies'],
]);

/** Subschemas that are tried on the same value as a schema. */
function next(schema: Subschema, byPointer: ReadonlyMap<string, Subschema>): Subschema[] {
  const { $ref: reference } = schema;
  const target =
    typeof reference === 'string' ? byPointer.get(decodedReference(reference)) : undefined;
  const children = [...SAME_VALUE].flatMap((keyword) => {
    const value = schema[keyword];
    return keyword === 'dependencies' && isObject(value) ? Object.values(value) : [value].flat();
  });
  return [target, ...children].filter(isObject);
}

/**
 * Where a schema refers to itself for the same value, so that a check of a value would never end; undefined where it
 * does not. A reference for a part of the value, such as an item, ends with the value.
 */
export function endlessReference(schema: Subschema): string | undefined {
  const found = subschemas(schema, true);
  const byPointer = new Map(found.map(([subschema, { pointer }]) => [pointer, subschema]));
  const ended = new Set<Subschema>();
  const isEndless = (subschema: Subschema, above: readonly Subschema[]): boolean => {
    if (above.includes(subschema)) {
      return true;
    }
    if (ended.has(subschema)) {
      return false;
    }
    const endless = next(subschema, byPointer).some((each) =>
      isEndless(each, [...above, subschema]),
    );
    ended.add(subschema);
    return endless;
  };
  return found.find(([subschema]) => isEndless(subschema, []))?.[1].pointer;
}

/** Whether a schema refers to itself, directly or by way of others, anywhere. */
export function isRecursive(schema: Subschema): boolean {
  const references = subschemas(schema, true).flatMap(([{ $ref: reference }, { pointer }]) =>
    typeof reference === 'string' ? [{ pointer, target: decodedReference(reference) }] : [],
  );
  const leadsTo = (from: string, seen: readonly string[]): boolean =>
    references
      .filter(({ pointer }) => `${pointer}/`.startsWith(`${from}/`))
      .some(
        ({ target }) =>
          target === seen[0] || (!seen.includes(target) && leadsTo(target, [...seen, target])),
      );
  return references.some(({ target }) => leadsTo(target, [target]));
}
