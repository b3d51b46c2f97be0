import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { findAll, SourceText } from './source-text.ts';

const COMMAND = /(?<=^|\s)event-platform build((?:\s+[^\s&|;]+)*)/;

/** The value of the script `build` in package.json. */
function buildScript(source: SourceText): ts.StringLiteral | undefined {
  const named = (node: ts.Node, name: string): ts.Node | undefined =>
    findAll(node, ts.isPropertyAssignment).find(
      (property) => ts.isStringLiteral(property.name) && property.name.text === name,
    )?.initializer;
  const scripts = named(source.tree, 'scripts');
  const build = scripts === undefined ? undefined : named(scripts, 'build');
  return build !== undefined && ts.isStringLiteral(build) ? build : undefined;
}

/** package.json of a project with other folders in `event-platform build`; undefined when its script has none. */
function withFolders(
  project: string,
  change: (folders: readonly string[]) => readonly string[],
): SourceText | undefined {
  const source = new SourceText(
    'package.json',
    readFileSync(join(project, 'package.json'), 'utf8'),
  );
  const script = buildScript(source);
  const [command, folders] = COMMAND.exec(script?.text ?? '') ?? [];
  if (script === undefined || command === undefined) {
    return undefined;
  }
  const changed = change(folders!.trim().split(/\s+/));
  const text = script.text.replace(command, () => `event-platform build ${changed.join(' ')}`);
  source.replace(script.getStart(), script.end, JSON.stringify(text));
  return source;
}

/** package.json with an app in its script `build`; undefined when that bundles no folders by their names. */
export function addToBuild(project: string, folder: string): SourceText | undefined {
  return withFolders(project, (folders) =>
    folders.some((known) => known === folder || known.includes('*'))
      ? folders
      : [...folders, folder],
  );
}

/** package.json without an app in its script `build`. */
export function removeFromBuild(project: string, folder: string): SourceText | undefined {
  return withFolders(project, (folders) =>
    folders.filter((known) => known.replace(/\/$/, '') !== folder),
  );
}
