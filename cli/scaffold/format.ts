import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Change } from './change.ts';

/** What is used of Prettier. */
interface Prettier {
  format(text: string, options: object): Promise<string>;
  check(text: string, options: object): Promise<boolean>;
  resolveConfig(file: string, options: object): Promise<object | null>;
}

/** The Prettier that a project has; undefined when it has none. */
async function prettierOf(folder: string): Promise<Prettier | undefined> {
  let file: string;
  try {
    file = createRequire(join(folder, 'package.json')).resolve('prettier');
  } catch {
    return undefined;
  }
  const { default: prettier } = (await import(pathToFileURL(file).href)) as { default: Prettier };
  return prettier;
}

/** Formats the text of a new file with the project's own Prettier, if it has one. */
export async function formatText(folder: string, path: string, text: string): Promise<string> {
  const created = new Map([[path, text]]);
  const change = await formatChange(folder, { created, edited: [], removed: [] });
  return change.created.get(path)!;
}

/**
 * Formats what a change writes with the project's own Prettier. A file that was not formatted with it before gets the
 * edits alone. Without Prettier, texts stay as they are.
 */
export async function formatChange(folder: string, change: Change): Promise<Change> {
  const prettier = await prettierOf(folder);
  if (prettier === undefined) {
    return change;
  }
  const optionsOf = async (path: string) => {
    const filepath = join(folder, path);
    const config = await prettier.resolveConfig(filepath, { editorconfig: true });
    return { endOfLine: 'auto', ...config, filepath };
  };
  const created = new Map<string, string>();
  for (const [path, text] of change.created) {
    created.set(path, await prettier.format(text, await optionsOf(path)));
  }
  const edited = [];
  for (const { path, original, text } of change.edited) {
    const options = await optionsOf(path);
    const isFormatted = await prettier.check(original, options);
    edited.push({
      path,
      original,
      text: isFormatted ? await prettier.format(text, options) : text,
    });
  }
  return { ...change, created, edited };
}
