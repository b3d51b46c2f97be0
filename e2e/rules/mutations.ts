import { parser } from '@prometheus-io/lezer-promql';
import { type AlertingRule, alertsOf, type RuleGroup } from './rule-sets.ts';

/** What a comparison becomes when it is turned round. */
const INVERTED: Readonly<Record<string, string>> = {
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
};

/** Names that the grammar gives to comparisons. */
const COMPARISONS: ReadonlySet<string> = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'EqlC', 'Neq']);

/** What is done to one comparison of each alert. */
export type Mutation = (typeof MUTATIONS)[number];

const MUTATIONS = ['inverted', 'ten times as large'] as const;

/** A comparison within a query. */
interface Comparison {
  readonly from: number;
  readonly to: number;
  /** Where what it compares with starts and ends. */
  readonly value: { readonly from: number; readonly to: number };
}

function comparisons(expr: string): Comparison[] {
  const found: Comparison[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      const value = node.nextSibling;
      if (COMPARISONS.has(name) && value !== null) {
        found.push({ from, to, value: { from: value.from, to: value.to } });
      }
    },
  });
  return found;
}

/** A query with one of its comparisons changed; undefined when it has fewer. */
export function mutated(expr: string, index: number, mutation: Mutation): string | undefined {
  const comparison = comparisons(expr)[index];
  if (comparison === undefined) {
    return undefined;
  }
  const { from, to, value } = comparison;
  if (mutation === 'inverted') {
    return expr.slice(0, from) + INVERTED[expr.slice(from, to)]! + expr.slice(to);
  }
  const text = expr.slice(value.from, value.to);
  // Ten times zero is zero.
  const larger = Number(text) === 0 ? '10' : `(${text}) * 10`;
  return expr.slice(0, value.from) + larger + expr.slice(value.to);
}

/** What a group records, with the alerts of which a comparison was changed, and these as they were. */
export interface MutatedGroup {
  readonly group: RuleGroup;
  readonly changed: readonly AlertingRule[];
  readonly description: string;
}

/** Alerts that have a name of their own each: the first of each name, the second, and so on. */
function namesakesApart(alerts: readonly AlertingRule[]): AlertingRule[][] {
  const sets: AlertingRule[][] = [];
  const counts = new Map<string, number>();
  for (const alert of alerts) {
    const count = counts.get(alert.alert) ?? 0;
    counts.set(alert.alert, count + 1);
    (sets[count] ??= []).push(alert);
  }
  return sets;
}

/**
 * Every comparison of a group's alerts changed once in each way: those of one number together, as far as
 * their alerts have different names.
 *
 * @param which the alerts to change. @default - all of the group
 */
export function mutations(
  group: RuleGroup,
  which: readonly AlertingRule[] = alertsOf(group),
): readonly MutatedGroup[] {
  return namesakesApart(which).flatMap((alerts) => {
    const count = Math.max(0, ...alerts.map(({ expr }) => comparisons(expr).length));
    return Array.from({ length: count }, (_, index) => index).flatMap((index) =>
      MUTATIONS.map((mutation) => {
        const changed = alerts.filter(({ expr }) => comparisons(expr).length > index);
        const rules = [
          ...group.rules.filter((rule) => 'record' in rule),
          ...changed.map((rule) => ({ ...rule, expr: mutated(rule.expr, index, mutation)! })),
        ];
        const description = `comparison ${index + 1} ${mutation}`;
        return { group: { ...group, rules }, changed, description };
      }),
    );
  });
}
