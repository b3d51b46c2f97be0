import { isObject, mapSubschemas, type Subschema } from './subschemas.ts';

/** Keywords that name the schema or its draft. */
const NAMES: ReadonlySet<string> = new Set(['$schema', '$id']);

/** `nullable` as a type: without Ajv, it would be a keyword without a meaning. */
function withNull({ nullable, ...schema }: Subschema): Subschema {
  const types: unknown[] = [schema.type].flat();
  return nullable !== true || types.includes('null')
    ? schema
    : { ...schema, type: [...types, 'null'] };
}

/**
 * The schema of a contract in draft 7 alone, as other tools read it: `nullable` is a type. `$schema` and `$id` are
 * left out, since references would be relative to an `$id`.
 *
 * @param root where the schema will be, as a `$ref` names it.
 */
export function portableSchema(schema: object, root = '#'): Subschema {
  const convert = (value: unknown): unknown => {
    if (!isObject(value)) {
      return value;
    }
    const { $ref: reference } = value;
    const isOwn = typeof reference === 'string' && reference.startsWith('#');
    return {
      ...mapSubschemas(withNull(value), convert),
      ...(isOwn && { $ref: root + reference.slice(1) }),
    };
  };
  const rest = Object.entries(schema).filter(([keyword]) => !NAMES.has(keyword));
  return convert(Object.fromEntries(rest)) as Subschema;
}
