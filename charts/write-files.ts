import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DIAGRAM_FILES } from './render-diagram.ts';
import type { RenderedFile } from './rendered-file.ts';

/** Files that are known to be rendered: others of their kind may be somebody's own. */
const PICTURES: ReadonlySet<string> = new Set(Object.values(DIAGRAM_FILES));

/** Writes rendered files below a folder. */
export function writeFiles(folder: string, files: readonly RenderedFile[]): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Removes the `.yaml` files and pictures below a folder that are not among the rendered files. */
export function removeOthers(folder: string, files: readonly RenderedFile[]): void {
  const wanted = new Set(files.map(({ path }) => join(folder, path)));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if ((name.endsWith('.yaml') || PICTURES.has(basename(name))) && !wanted.has(path)) {
      rmSync(path);
    }
  }
}
