import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { read, ROOT, withoutCodeBlocks } from './documents.ts';

/** Headings of a page, as GitHub makes anchors of them. */
export function anchorsOf(markdown: string): string[] {
  return [...withoutCodeBlocks(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links of a page to places in this repository, without those to other hosts. */
export function localLinks(markdown: string): string[] {
  return [...withoutCodeBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Links of a page that lead to no file, or to no heading of a page. */
export function brokenLinks(page: string, markdown = read(page)): string[] {
  return localLinks(markdown).filter((link) => {
    const [target, anchor] = link.split('#') as [string, string | undefined];
    const path = target === '' ? page : join(dirname(page), target);
    if (!existsSync(join(ROOT, path))) {
      return true;
    }
    const headings = () =>
      path.endsWith('.md') ? anchorsOf(path === page ? markdown : read(path)) : [];
    return anchor !== undefined && !headings().includes(anchor);
  });
}
