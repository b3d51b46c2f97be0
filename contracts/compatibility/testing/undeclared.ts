import { isObject, type Subschema } from '../../subschemas.ts';
import { inPlace } from '../declared-names.ts';
import { type Schema, SchemaDocument, schemaOf } from '../schema-document.ts';

/** All schemas that hold for a value, or may. */
function closure(schemas: readonly Schema[], document: SchemaDocument): Subschema[] {
  const found = new Set<Subschema>();
  const visit = (schema: Schema): void => {
    if (isObject(schema) && !found.has(schema)) {
      found.add(schema);
      inPlace(schema, document).forEach(visit);
    }
  };
  schemas.forEach(visit);
  return [...found];
}

/** Whether data hold a property that their schema does not declare. Where nothing is declared, all may be there. */
export function hasUndeclared(schema: Schema, data: unknown): boolean {
  const document = new SchemaDocument(schema);
  const visit = (schemas: readonly Schema[], value: unknown): boolean => {
    const parts = closure(schemas, document);
    if (Array.isArray(value)) {
      return value.some((item, index) =>
        visit(
          parts.flatMap(({ items, additionalItems }) =>
            Array.isArray(items)
              ? [schemaOf(index < items.length ? items[index] : additionalItems)]
              : [schemaOf(items)],
          ),
          item,
        ),
      );
    }
    return isObject(value) && visitObject(parts, value);
  };
  const visitObject = (parts: readonly Subschema[], value: Subschema): boolean => {
    const below = (name: string): Schema[] =>
      parts.flatMap((part) => {
        const properties = (part.properties ?? {}) as Subschema;
        const own = Object.hasOwn(properties, name) ? [schemaOf(properties[name])] : [];
        const patterned = Object.entries((part.patternProperties ?? {}) as Subschema)
          .filter(([pattern]) => new RegExp(pattern, 'u').test(name))
          .map(([, each]) => schemaOf(each));
        const found = [...own, ...patterned];
        const { additionalProperties: rest } = part;
        return found.length === 0 && isObject(rest) && Object.keys(rest).length > 0
          ? [rest]
          : found;
      });
    const required = new Set(parts.flatMap((part) => (part.required ?? []) as string[]));
    const declaresSome = parts.some(
      (part) =>
        Object.keys(part.properties ?? {}).length > 0 ||
        Object.keys(part.patternProperties ?? {}).length > 0 ||
        (isObject(part.additionalProperties) && Object.keys(part.additionalProperties).length > 0),
    );
    return (
      (declaresSome || required.size > 0) &&
      Object.entries(value).some(([name, each]) => {
        const schemas = below(name);
        return (schemas.length === 0 && !required.has(name)) || visit(schemas, each);
      })
    );
  };
  return visit([schema], data);
}
