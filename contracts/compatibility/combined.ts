import type { Subschema } from '../subschemas.ts';
import { type Case, listOf, type Part } from './cases.ts';
import type { Rules } from './rules.ts';
import type { Kind } from './facts.ts';
import { about, type Incompatibility } from './report.ts';
import { type Node, schemaOf } from './schema-document.ts';

/** Values that combinations of a reader's schemas do not accept. */
export function combinedProblems(
  one: Case,
  kinds: readonly Kind[],
  { schema, document }: Part,
  rules: Rules,
): Incompatibility[] {
  const node = (value: unknown) => document.node(value);
  const target = typeof schema.$ref === 'string' ? document.resolve(schema.$ref) : true;
  return [
    // What leads nowhere accepts nothing that is known.
    ...rules.accept(one, node(target ?? false)),
    ...listOf(schema.allOf).flatMap((part) => rules.accept(one, node(part))),
    ...(Array.isArray(schema.anyOf)
      ? alternativeProblems(one, kinds, schema.anyOf.map(node), rules, () => true)
      : []),
    ...(Array.isArray(schema.oneOf)
      ? alternativeProblems(one, kinds, schema.oneOf.map(node), rules, (each, chosen, all) =>
          all.every((other, at) => at === chosen || rules.isDisjoint(each, other)),
        )
      : []),
    ...(schema.not === undefined || rules.isDisjoint(one, node(schema.not))
      ? []
      : about("may be what 'not' excludes")),
    ...conditionProblems(one, schema, node, rules),
  ];
}

/** @param isAllowed whether a case may choose an alternative. */
function alternativeProblems(
  one: Case,
  kinds: readonly Kind[],
  alternatives: readonly Node[],
  rules: Rules,
  isAllowed: (one: Case, chosen: number, all: readonly Node[]) => boolean,
): readonly Incompatibility[] {
  const choose = (each: Case) =>
    alternatives.some(
      (node, index) =>
        rules.accept(each, node).length === 0 && isAllowed(each, index, alternatives),
    );
  if (choose(one)) {
    return [];
  }
  const remaining = kinds
    .flatMap((kind) => (kinds.length > 1 ? rules.ofKind(one, kind) : [one]))
    .filter((each) => kinds.length === 1 || !choose(each));
  // What is wrong with the only alternative of its kind says more than that none fits.
  return remaining.flatMap((each) => {
    const near = alternatives.filter((node) => !rules.isDisjoint(each, node));
    const [found = [], ...others] = near.map((node) => rules.accept(each, node));
    return found.length > 0 && others.length === 0
      ? found
      : about(
          near.length === 0
            ? 'fits none of the alternatives that are accepted'
            : 'may fit none of the alternatives that are accepted, or several',
        );
  });
}

function conditionProblems(
  one: Case,
  { if: condition, then, else: otherwise }: Subschema,
  node: (value: unknown) => Node,
  rules: Rules,
): readonly Incompatibility[] {
  if (condition === undefined) {
    return [];
  }
  const always = rules.accept(one, node(condition)).length === 0;
  const never = rules.isDisjoint(one, node(condition));
  const negated = node(condition).document.negation(schemaOf(condition));
  const branch = (given: Node, result: unknown) =>
    result === undefined
      ? []
      : rules.cases.refine(one, given).flatMap((each) => rules.accept(each, node(result)));
  return [
    ...(never ? [] : branch(node(condition), then)),
    ...(always ? [] : branch(negated, otherwise)),
  ];
}
