import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ProjectNames, withNames } from './names.ts';

/** Why a project cannot be created in a folder; undefined when it can. */
export function folderProblem(folder: string): string | undefined {
  try {
    return readdirSync(folder).length === 0
      ? undefined
      : `folder '${folder}' is not empty: choose another one with --folder`;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
        return undefined;
      case 'ENOTDIR':
        return `'${folder}' is a file: choose another folder with --folder`;
      default:
        throw error;
    }
  }
}

/**
 * Files of a new project, by path with `/`. npm leaves files such as `.gitignore` out of packages, so they start with
 * `_` in the template.
 *
 * @param version of the platform's packages.
 */
export function projectFiles(
  template: string,
  names: ProjectNames,
  version: string,
): ReadonlyMap<string, string> {
  const paths = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths
      .map((path): [string, string] => {
        const relative = path.slice(template.length + 1).replaceAll('\\', '/');
        const target = withNames(relative, names);
        const text = withNames(readFileSync(path, 'utf8'), names);
        return [
          target === '_package.json' ? 'package.json' : target.replace(/^_/, '.'),
          target === '_package.json' ? text.replaceAll('"*"', `"${version}"`) : text,
        ];
      })
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** Writes files below a folder. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    // A file that has come in between is not overwritten.
    writeFileSync(file, text, { flag: 'wx' });
  }
}
