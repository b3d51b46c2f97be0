import type { LeftBehind } from './left-behind.ts';
import type { Difference } from './rendered.ts';
import type { Outcome } from './run-plan.ts';

/** Groups what environments have in common: values by the names of the environments. */
function byEnvironments<Value>(entries: readonly (readonly [string, Value])[]): [string, Value][] {
  const groups = Map.groupBy(entries, ([, value]) => JSON.stringify(value));
  return [...groups.values()].map((group) => [
    group.map(([name]) => name).join(', '),
    group[0]![1],
  ]);
}

function objectLines({ added, changed, removed }: Difference): string[] {
  return [
    ...added.map((key) => `  + ${key}`),
    ...changed.map((key) => `  ~ ${key}`),
    ...removed.map((key) => `  - ${key}`),
  ];
}

function leftLines(left: readonly LeftBehind[]): string[] {
  return left.flatMap(({ what, command }) => [
    `  ${what}`,
    ...(command === undefined ? [] : [`    ${command}`]),
  ]);
}

/** What a command has done, as lines for a terminal. */
export function outcomeLines(outcome: Outcome, isDry: boolean): string[] {
  const { created, changed, removed, notes, lines, objects, left } = outcome;
  const changes = objects.map((one) => [one.name, objectLines(one)] as const);
  const kept = Object.entries(left).map(([name, list]) => [name, leftLines(list)] as const);
  return [
    ...created.map((path) => `created ${path}`),
    ...changed.flatMap((path) => [
      `changed ${path}`,
      ...lines.flatMap(({ file, line }) => (isDry && file === path ? [`  ${line}`] : [])),
    ]),
    ...removed.map((path) => `removed ${path}`),
    ...notes.map((note) => `note: ${note}`),
    ...byEnvironments(changes)
      .filter(([, list]) => list.length > 0)
      .flatMap(([names, list]) => [`objects in ${names}:`, ...list]),
    ...byEnvironments(kept)
      .filter(([, list]) => list.length > 0)
      .flatMap(([names, list]) => [
        `left in a running ${names}, until the operator removes it:`,
        ...list,
      ]),
    ...(isDry ? ['dry run: nothing is written'] : []),
  ];
}
