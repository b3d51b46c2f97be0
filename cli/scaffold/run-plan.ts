import { applyChange } from './change.ts';
import { formatChange } from './format.ts';
import { leftBehind, type LeftBehind } from './left-behind.ts';
import type { Plan } from './plan.ts';
import { type Difference, differences, renderAll, type Rendered } from './rendered.ts';
import type { Project } from './project.ts';

/** What a command has done, or would do. */
export interface Outcome {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly notes: readonly string[];
  /** Lines that only the text before (`-`) or after (`+`) has, of files that are changed. */
  readonly lines: readonly { readonly file: string; readonly line: string }[];
  /** Environment by environment; nothing in a dry run. */
  readonly objects: readonly Difference[];
  /** What running environments keep, by their names. */
  readonly left: Readonly<Record<string, readonly LeftBehind[]>>;
}

/** Renders the platform before anything is changed. @throws Error when that fails already. */
export async function renderBefore(): Promise<Rendered[]> {
  try {
    return await renderAll();
  } catch (error) {
    throw new Error(`the platform is not valid as it is: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function renderAfter(): Promise<Rendered[]> {
  try {
    return await renderAll();
  } catch (error) {
    throw new Error(
      `the platform would not be valid, so every file is as it was: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** A summary of an edit: the lines that only one of both texts has. */
function linesOf(original: string, text: string): string[] {
  const before = original.split(/\r?\n/);
  const after = text.split(/\r?\n/);
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

/**
 * Does what a plan says, and renders the platform with it. When that fails, the files are as they were.
 *
 * @param before the platform as it was.
 * @param isDry whether nothing is written.
 */
export async function runPlan(
  { folder }: Project,
  plan: Plan,
  before: readonly Rendered[],
  isDry: boolean,
): Promise<Outcome> {
  const formatted = await formatChange(folder, plan);
  const edited = formatted.edited.filter(({ original, text }) => text !== original);
  const change = { ...formatted, edited };
  const objects: Difference[] = [];
  const left: Record<string, LeftBehind[]> = {};
  if (!isDry) {
    const after = await applyChange(folder, change, renderAfter);
    objects.push(...differences(before, after));
    for (const [index, one] of before.entries()) {
      const now = after.find(({ name }) => name === one.name);
      left[one.name] = leftBehind(one, now, objects[index]!);
    }
  }
  return {
    created: [...change.created.keys()],
    changed: edited.map(({ path }) => path),
    removed: change.removed,
    notes: plan.notes,
    lines: edited.flatMap(({ path, original, text }) =>
      linesOf(original, text).map((line) => ({ file: path, line })),
    ),
    objects,
    left,
  };
}
