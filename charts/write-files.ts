import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RenderedFile } from './render.ts';

/** Writes rendered files below a folder, and removes the `.yaml` files there that are not among them. */
export function writeFiles(folder: string, files: readonly RenderedFile[]): void {
  const wanted = new Set(files.map(({ path }) => join(folder, path)));
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (name.endsWith('.yaml') && !wanted.has(path)) {
      rmSync(path);
    }
  }
}
