import { decodedReference, isObject, type Subschema, subschemas } from './subschemas.ts';

/** Keywords whose subschemas hold for the same value, without leading into it. */
const IN_PLACE: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependencies'],
]);

/** The schemas that a keyword holds for the same value. */
function inPlace(schema: Subschema): unknown[] {
  return Object.keys(schema)
    .filter((keyword) => IN_PLACE.has(keyword))
    .flatMap((keyword) => {
      const value = schema[keyword];
      return keyword === 'dependencies' && isObject(value) ? Object.values(value) : value;
    });
}

/**
 * Circles of references that lead back to themselves before they lead into a value: a validator would follow them
 * for ever. A tree, whose nodes hold nodes, is not one.
 *
 * @returns the pointers of each circle, e.g. `['#/definitions/a', '#/definitions/b']`.
 */
export function referenceCycles(root: Subschema): string[][] {
  const pointers = new Map(
    subschemas(root, true).map(([schema, { pointer }]) => [schema, pointer]),
  );
  const byPointer = new Map([...pointers].map(([schema, pointer]) => [pointer, schema]));
  const cycles: string[][] = [];
  const done = new Set<unknown>();
  const visit = (schema: unknown, path: readonly Subschema[]): void => {
    if (!isObject(schema) || done.has(schema)) {
      return;
    }
    const start = path.indexOf(schema);
    if (start >= 0) {
      cycles.push(path.slice(start).map((each) => pointers.get(each) ?? '#'));
      return;
    }
    const { $ref: reference } = schema;
    const target =
      typeof reference === 'string' ? byPointer.get(decodedReference(reference)) : undefined;
    [target, ...inPlace(schema)].forEach((next) => visit(next, [...path, schema]));
    done.add(schema);
  };
  for (const schema of pointers.keys()) {
    visit(schema, []);
  }
  return cycles;
}
