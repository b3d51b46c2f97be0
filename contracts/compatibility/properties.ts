import { isObject, type Subschema } from '../subschemas.ts';
import { type Case, listOf, type Part } from './cases.ts';
import type { Node } from './schema-document.ts';

/** Properties that an object of a case may have: one by its name, or those that match a pattern, or all others. */
export interface PropertyClass {
  readonly name?: string;
  readonly pattern?: string;
  /** What holds for their values. */
  readonly nodes: readonly Node[];
}

/** The schemas of a keyword, by name. */
export function namedSchemas(schema: Subschema, keyword: string): Subschema {
  const value = schema[keyword];
  return isObject(value) ? value : {};
}

/** Whether a name matches a pattern, as validators of contracts match it. */
export function matches(pattern: string, name: string): boolean {
  return new RegExp(pattern, 'u').test(name);
}

/** What a part demands of a property. */
export function propertyNodes({ schema, document }: Part, name: string): Node[] {
  const properties = namedSchemas(schema, 'properties');
  const patterns = namedSchemas(schema, 'patternProperties');
  const found = [
    ...(Object.hasOwn(properties, name) ? [properties[name]] : []),
    ...Object.keys(patterns).flatMap((pattern) =>
      matches(pattern, name) ? [patterns[pattern]] : [],
    ),
  ];
  return (found.length > 0 ? found : [schema.additionalProperties]).map((value) =>
    document.node(value),
  );
}

/** Properties that parts demand. */
export function requiredBy(parts: readonly Part[]): Set<string> {
  return new Set(parts.flatMap(({ schema }) => listOf(schema.required).map(String)));
}

/** Patterns that parts describe properties by. */
export function patternsOf(parts: readonly Part[]): Set<string> {
  return new Set(
    parts.flatMap(({ schema }) => Object.keys(namedSchemas(schema, 'patternProperties'))),
  );
}

function isPossible({ nodes }: PropertyClass): boolean {
  return nodes.every(({ schema }) => schema !== false);
}

/** What a case says of a property; undefined when objects do not have it. */
export function propertyOf({ parts, declared }: Case, name: string): PropertyClass | undefined {
  const isDeclared =
    declared === undefined ||
    declared.others ||
    declared.names.has(name) ||
    [...declared.patterns].some((pattern) => matches(pattern, name));
  const found = { name, nodes: parts.flatMap((part) => propertyNodes(part, name)) };
  return isDeclared && isPossible(found) ? found : undefined;
}

/** All properties that objects of a case may have, with some names apart from the others. */
export function propertiesOf(one: Case, names: Iterable<string>): PropertyClass[] {
  const { parts, declared } = one;
  const apart = new Set([
    ...names,
    ...parts.flatMap(({ schema }) => Object.keys(namedSchemas(schema, 'properties'))),
    ...requiredBy(parts),
    ...(declared?.names ?? []),
  ]);
  const additional = (those: readonly Part[]) =>
    those.map(({ schema, document }) => document.node(schema.additionalProperties));
  const withoutPatterns = parts.filter((part) => patternsOf([part]).size === 0);
  const byPattern = [...new Set([...patternsOf(parts), ...(declared?.patterns ?? [])])].map(
    (pattern) => ({
      pattern,
      nodes: [...patternNodes(parts, pattern), ...additional(withoutPatterns)],
    }),
  );
  const others = declared === undefined || declared.others ? [{ nodes: additional(parts) }] : [];
  return [
    ...[...apart].sort().flatMap((name) => propertyOf(one, name) ?? []),
    ...[...byPattern, ...others].filter(isPossible),
  ];
}

/** What parts demand of properties whose names match one of their patterns. */
export function patternNodes(parts: readonly Part[], pattern: string): Node[] {
  return parts.flatMap(({ schema, document }) => {
    const patterns = namedSchemas(schema, 'patternProperties');
    return Object.hasOwn(patterns, pattern) ? [document.node(patterns[pattern])] : [];
  });
}
