import ts from 'typescript';
import type { Change } from './change.ts';
import { type Chart, findChart } from './chart.ts';
import { findAll, type SourceText, UnknownStructureError } from './source-text.ts';
import type { Project } from './project.ts';

/** What a command will do, and what it says beside that. */
export interface Plan extends Change {
  readonly notes: readonly string[];
}

/** What a chart calls its parts, when they cannot be found. */
const USUAL_NAMES = {
  scope: 'platform',
  pubSub: 'pubSub',
  database: 'database',
  deadLetters: 'deadLetters',
} as const;

/** Names that lines of a chart use. */
export type ChartNames = Pick<Chart, keyof typeof USUAL_NAMES>;

/**
 * Plans an edit of the chart.
 *
 * @param byHand lines that do the same in a chart which is not understood.
 * @throws Error with these lines when the chart, or what is to be edited in it, is not found.
 */
export async function planWith(
  project: Project,
  byHand: (names: ChartNames) => readonly string[],
  plan: (chart: Chart) => Plan | Promise<Plan>,
): Promise<Plan> {
  try {
    return await plan(findChart(project));
  } catch (error) {
    if (!(error instanceof UnknownStructureError)) {
      throw error;
    }
    const lines = byHand(USUAL_NAMES).map((line) => line.replaceAll(/^/gm, '  '));
    throw new Error(
      `${error.message}: nothing was changed; write by hand, where the platform is declared:\n${lines.join('\n')}`,
      { cause: error },
    );
  }
}

/** A name that a file does not use yet: the wanted one, or one with an ending. */
export function freeName({ tree }: SourceText, wanted: string, ending: string): string {
  const used = new Set(findAll(tree, ts.isIdentifier).map(({ text }) => text));
  const candidates = [wanted, `${wanted}${ending}`];
  return candidates.find((name) => !used.has(name)) ?? `${wanted}${ending}2`;
}

/** Texts of new files with the ends of lines that a file of the project has. */
export function withLineEnds(
  texts: ReadonlyMap<string, string>,
  like: SourceText,
): Map<string, string> {
  return new Map(
    [...texts].map(([path, text]) => [path, like.hasCrlf ? text.replaceAll('\n', '\r\n') : text]),
  );
}
