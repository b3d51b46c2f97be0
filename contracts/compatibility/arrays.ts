import { type Case, type Part } from './cases.ts';
import type { Rules } from './rules.ts';
import { mostOf, leastOf } from './facts.ts';
import { about, below, type Incompatibility } from './report.ts';
import { countProblems } from './scalars.ts';
import type { Node } from './schema-document.ts';
import type { Subschema } from '../subschemas.ts';

/** Items before those that are described alike. */
function tupleLength({ items }: Subschema): number {
  return Array.isArray(items) ? items.length : 0;
}

/** The schema of an item. */
function itemNode({ schema, document }: Part, index: number): Node {
  const { items, additionalItems } = schema;
  return document.node(
    Array.isArray(items) ? (index < items.length ? items[index] : additionalItems) : items,
  );
}

/** What holds for an item of a case's arrays. */
export function itemNodes({ parts }: Case, index: number): Node[] {
  return parts.map((part) => itemNode(part, index));
}

/** Arrays that a reader does not accept. */
export function arrayProblems(
  one: Case,
  { schema, document }: Node,
  rules: Rules,
): Incompatibility[] {
  const reader = { schema: schema as Subschema, document };
  const { parts } = one;
  const least = leastOf(parts, 'minItems');
  const most = mostOf(parts, 'maxItems');
  const rest = Math.max(
    tupleLength(reader.schema),
    ...parts.map((part) => tupleLength(part.schema)),
  );
  const positions = Array.from({ length: rest + 1 }, (_, index) => index);
  return [
    ...countProblems(parts, reader.schema, ['minItems', 'maxItems'], 'items'),
    ...positions
      .filter((index) => index < most)
      .flatMap((index) =>
        below(
          index === rest ? '[*]' : `[${index}]`,
          rules.compare(itemNodes(one, index), itemNode(reader, index)),
        ),
      ),
    ...(reader.schema.uniqueItems === true &&
    most > 1 &&
    !parts.some((part) => part.schema.uniqueItems === true)
      ? about('may have equal items, and must not')
      : []),
    ...containsProblems(one, reader, rules, Math.min(least, rest + 1)),
  ];
}

/** @param sure items that are there for sure. */
function containsProblems(
  one: Case,
  { schema, document }: Part,
  rules: Rules,
  sure: number,
): Incompatibility[] {
  if (schema.contains === undefined) {
    return [];
  }
  const wanted = document.node(schema.contains);
  const accepts = (nodes: Node[]) => rules.compare(nodes, wanted).length === 0;
  const isThere =
    Array.from({ length: sure }, (_, index) => itemNodes(one, index)).some(accepts) ||
    // An item has what 'items' declares, too, and 'contains' does not.
    one.parts.some(
      (part) =>
        part.schema.contains !== undefined &&
        accepts([part.document.open.node(part.schema.contains)]),
    );
  return isThere ? [] : about("may have no item that 'contains' demands, and must have one");
}
