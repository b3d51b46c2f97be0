import type { LeftBehind } from './left-behind.ts';
import type { Difference } from './rendered.ts';
import type { Outcome } from './run-plan.ts';

/** Values that environments have, each once, with the names of its environments where not all have it. */
function merged<Value>(environments: readonly (readonly [string, readonly Value[]])[]) {
  const found = Map.groupBy(
    environments.flatMap(([name, values]) => values.map((value) => ({ name, value }))),
    ({ value }) => JSON.stringify(value),
  );
  return [...found.values()].map((same) => ({
    value: same[0]!.value,
    where:
      same.length === environments.length ? '' : ` (${same.map(({ name }) => name).join(', ')})`,
  }));
}

function objectLines({ added, changed, removed }: Difference): string[] {
  return [
    ...added.map((key) => `+ ${key}`),
    ...changed.map((key) => `~ ${key}`),
    ...removed.map((key) => `- ${key}`),
  ];
}

/** A title above lines; nothing when there are no lines. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** What a command has done, as lines for a terminal. */
function outcomeLines(outcome: Outcome, isDry: boolean): string[] {
  const { created, changed, removed, notes, lines, objects, left } = outcome;
  const changes = merged(objects.map((one) => [one.name, objectLines(one)]));
  const kept = merged<LeftBehind>(Object.entries(left));
  return [
    ...created.map((path) => `created ${path}`),
    ...changed.flatMap((path) =>
      isDry
        ? section(
            `changed ${path}`,
            lines.filter(({ file }) => file === path).map(({ line }) => line),
          )
        : [`changed ${path}`],
    ),
    ...removed.map((path) => `removed ${path}`),
    ...notes.map((note) => `note: ${note}`),
    ...section(
      'rendered objects:',
      changes.map(({ value, where }) => `${value}${where}`),
    ),
    ...section(
      'a running environment keeps, until the operator removes it:',
      kept.flatMap(({ value: { what, command }, where }) => [
        `${what}${where}`,
        ...(command === undefined ? [] : [`  ${command}`]),
      ]),
    ),
    ...(isDry ? ['dry run: nothing is written'] : []),
  ];
}

/** Prints what a command has done. */
export function printOutcome(
  outcome: Outcome,
  { json, 'dry-run': isDry }: { readonly json: boolean; readonly 'dry-run': boolean },
): void {
  console.log(json ? JSON.stringify(outcome, null, 2) : outcomeLines(outcome, isDry).join('\n'));
}
