import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import { moduleOf, usesOutside } from './imports.ts';
import type { Project } from './project.ts';
import { findAll, type SourceText } from './source-text.ts';

/** What git ignores, and a build brings back. */
const BUILT = /^!! (.*\/)?(build|node_modules)\//;

/** Names that a file imports from other files. */
export function importedFrom(
  project: Project,
  source: SourceText,
  isWanted: (path: string) => boolean,
): string[] {
  return source.tree.statements
    .filter(ts.isImportDeclaration)
    .filter((declaration) => isWanted(project.resolve(source, moduleOf(declaration)) ?? ''))
    .flatMap((declaration) => findAll(declaration, ts.isImportSpecifier))
    .map(({ name }) => name.text);
}

/**
 * Refuses to remove what other files use.
 *
 * @param what is removed, e.g. `event 'order-placed'`.
 * @param isRemoved whether a path is of what is removed.
 * @param chart may use it, in the statements that are removed.
 * @throws Error that names the files and lines.
 */
export function refuseUsed(
  project: Project,
  what: string,
  isRemoved: (path: string) => boolean,
  chart: SourceText,
  statements: readonly ts.Statement[],
): void {
  const files = project
    .importersOf(isRemoved)
    .filter((source) => source !== chart && !isRemoved(source.path))
    .map(({ path }) => path);
  const variables = statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) =>
      declarationList.declarations.map(({ name }) => name.getText()),
    );
  const names = [...importedFrom(project, chart, isRemoved), ...variables];
  const places = usesOutside(chart, statements)
    .filter(({ text }) => names.includes(text))
    .map((node) => chart.placeOf(node));
  const used = [...new Set([...files, ...places])];
  if (used.length > 0) {
    throw new Error(`${what} is used in ${used.join(', ')}: take it out there first`);
  }
}

/**
 * Refuses to remove files that git could not bring back.
 *
 * @throws Error that names them.
 */
export function refuseUncommitted(folder: string, path: string): void {
  const { status, stdout } = spawnSync(
    'git',
    ['status', '--porcelain', '--untracked-files=all', '--ignored', '--', path],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(
      `'${path}' is not in a git repository, which could bring it back: use --force to remove it`,
    );
  }
  const changed = stdout
    .split('\n')
    .filter((line) => line !== '' && !BUILT.test(line))
    .map((line) => line.slice(3));
  if (changed.length > 0) {
    throw new Error(
      `not committed, and lost when removed: ${changed.join(', ')}: commit first, or use --force`,
    );
  }
}
