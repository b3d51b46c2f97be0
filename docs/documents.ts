import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES } from '../scripts/packages.ts';

/** Folder of the repository. */
export const ROOT = join(import.meta.dirname, '..');

/** Text of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Pages in a folder, as paths from the root. */
export function pagesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

/** The pages that describe the project, as paths from the root. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...PACKAGES.map(({ folder }) => `${folder}/README.md`),
  ...pagesIn('docs'),
  ...pagesIn('docs/patterns'),
];

/** Blocks of code in one language, as they are on a page. */
export function codeBlocks(markdown: string, language: string): string[] {
  const block = new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, 'gm');
  return [...markdown.matchAll(block)].map(([, code]) => code!);
}

/** A page without its blocks of code. */
export function withoutCodeBlocks(markdown: string): string {
  return markdown.replaceAll(/^ *```[^]*?^ *```$/gm, '');
}
