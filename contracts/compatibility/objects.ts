import type { Subschema } from '../subschemas.ts';
import { type Case, type Part, requires } from './cases.ts';
import type { Rules } from './rules.ts';
import { leastOf, mostOf } from './facts.ts';
import {
  namedSchemas,
  patternNodes,
  patternsOf,
  propertiesOf,
  type PropertyClass,
  propertyNodes,
  propertyOf,
  requiredBy,
} from './properties.ts';
import { about, below, type Incompatibility, property } from './report.ts';
import { countProblems } from './scalars.ts';
import type { Node } from './schema-document.ts';

/** Fewest and most properties that objects of a case have. */
export function countOf({ parts }: Case, classes: readonly PropertyClass[]): [number, number] {
  const named = classes.every(({ name }) => name !== undefined);
  return [
    Math.max(leastOf(parts, 'minProperties'), requiredBy(parts).size),
    Math.min(mostOf(parts, 'maxProperties'), named ? classes.length : Infinity),
  ];
}

/** Objects that a reader does not accept. */
export function objectProblems(
  one: Case,
  { schema, document }: Node,
  rules: Rules,
): Incompatibility[] {
  const reader: Part = { schema: schema as Subschema, document };
  const classes = propertiesOf(one, Object.keys(namedSchemas(reader.schema, 'properties')));
  const required = requiredBy(one.parts);
  return [
    ...[...requiredBy([reader])]
      .filter((name) => !required.has(name))
      .flatMap((name) => below(property(name), about('may be missing, and is required'))),
    ...classes.flatMap((each) => valueProblems(one, each, reader, rules)),
    ...countProblems(
      one.parts,
      reader.schema,
      ['minProperties', 'maxProperties'],
      'properties',
      ...countOf(one, classes),
    ),
    ...nameProblems(one, classes, reader, rules),
    ...dependencyProblems(one, reader, rules),
  ];
}

/** Values of properties that a reader does not accept. */
function valueProblems(
  one: Case,
  { name, pattern, nodes }: PropertyClass,
  reader: Part,
  rules: Rules,
): Incompatibility[] {
  if (name !== undefined) {
    return propertyNodes(reader, name).flatMap((node) =>
      below(property(name), rules.compare(nodes, node)),
    );
  }
  const path = pattern === undefined ? '.*' : `[/${pattern}/]`;
  const patterns = [...patternsOf([reader])];
  const own = patternsOf(one.parts);
  return [
    // A name may match several patterns. All others match none of the writer's.
    ...patterns
      .filter((each) => pattern !== undefined || !own.has(each))
      .flatMap((each) =>
        patternNodes([reader], each).flatMap((node) =>
          rules.compare(
            each === pattern ? nodes : [...nodes, ...patternNodes(one.parts, each)],
            node,
          ),
        ),
      ),
    ...(pattern !== undefined && patterns.includes(pattern)
      ? []
      : rules.compare(nodes, reader.document.node(reader.schema.additionalProperties))),
  ].map((found) => ({ ...found, path: path + found.path }));
}

/** Names of properties that a reader does not accept. */
function nameProblems(
  { parts }: Case,
  classes: readonly PropertyClass[],
  { schema, document }: Part,
  rules: Rules,
): Incompatibility[] {
  if (schema.propertyNames === undefined) {
    return [];
  }
  const wanted = document.node(schema.propertyNames);
  const written = parts.map((part) => part.document.node(part.schema.propertyNames));
  return classes.flatMap(({ name, pattern }) => {
    const form =
      name !== undefined
        ? { const: name }
        : { type: 'string', ...(pattern !== undefined && { pattern }) };
    const node = document.derive('name', JSON.stringify(form), () => form);
    const known = name === undefined ? undefined : document.accepts(wanted.schema, name);
    return known === true
      ? []
      : below(
          name === undefined ? '.*' : property(name),
          rules
            .compare([node, ...written], wanted)
            .map(({ problem }) => ({ path: '', problem: `has a name that ${problem}` })),
        );
  });
}

/** What follows from a property, and is not there. */
function dependencyProblems(
  one: Case,
  { schema, document }: Part,
  rules: Rules,
): Incompatibility[] {
  return Object.entries(namedSchemas(schema, 'dependencies')).flatMap(([name, dependency]) => {
    if (propertyOf(one, name) === undefined) {
      return [];
    }
    const node = Array.isArray(dependency)
      ? requires(dependency, document)
      : document.node(dependency);
    const there = rules.cases.refine(
      one,
      document.derive(name, 'required', () => ({ required: [name] })),
    );
    return there
      .flatMap((each) => rules.accept(each, node))
      .map(({ path, problem }) => ({ path, problem: `${problem} beside '${name}'` }));
  });
}
