import { isObject, type Subschema } from '../subschemas.ts';
import { type Node, type Schema, type SchemaDocument, schemaOf } from './schema-document.ts';

/** The properties that a schema declares. */
export interface Declared {
  readonly names: ReadonlySet<string>;
  /** Regular expressions of further names. */
  readonly patterns: ReadonlySet<string>;
  /** Whether a schema describes all other properties, as that of a map does. */
  readonly others: boolean;
}

/** Keywords whose schemas hold for the same value. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'not'];

/** The schemas that hold for a value, or may: those that a schema names without leading into the value. */
export function inPlace(schema: Subschema, document: SchemaDocument): Schema[] {
  const { $ref: reference, dependencies } = schema;
  const target = typeof reference === 'string' ? document.resolve(reference) : undefined;
  return [
    ...(target === undefined ? [] : [target]),
    ...IN_PLACE.flatMap((keyword) => {
      const value = schema[keyword];
      return value === undefined
        ? []
        : Array.isArray(value)
          ? value.map(schemaOf)
          : [schemaOf(value)];
    }),
    ...Object.values(isObject(dependencies) ? dependencies : {}).filter(
      (dependency): dependency is Schema => typeof dependency === 'boolean' || isObject(dependency),
    ),
  ];
}

/**
 * What writers declare of an object, anywhere in what holds for it; undefined when they may write any property: an
 * object of which nothing is declared is a free form.
 */
export function declaredBy(nodes: readonly Node[]): Declared | undefined {
  const names = new Set<string>();
  const patterns = new Set<string>();
  const seen = new Set<Schema>();
  const rests: Subschema[] = [];
  const writers = nodes.filter(({ document }) => document.onlyDeclared);
  const visit = (schema: Schema, document: SchemaDocument): void => {
    if (!isObject(schema) || seen.has(schema)) {
      return;
    }
    seen.add(schema);
    const { properties, patternProperties, additionalProperties: rest, required } = schema;
    Object.keys(isObject(properties) ? properties : {}).forEach((name) => names.add(name));
    (Array.isArray(required) ? required : []).forEach((name) => names.add(String(name)));
    Object.keys(isObject(patternProperties) ? patternProperties : {}).forEach((pattern) =>
      patterns.add(pattern),
    );
    rests.push(...(isObject(rest) && Object.keys(rest).length > 0 ? [rest] : []));
    inPlace(schema, document).forEach((inner) => visit(inner, document));
  };
  writers.forEach(({ schema, document }) => visit(schema, document));
  return names.size + patterns.size + rests.length === 0
    ? undefined
    : { names, patterns, others: rests.length > 0 };
}
