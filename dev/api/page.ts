import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A file that browsers get. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

/** Sources of the page: beside these here, above lib/ in the package. */
function sources(): string {
  const beside = join(import.meta.dirname, '..', 'page');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', '..', 'page');
}

let bundle: Promise<ReadonlyMap<string, PageFile>> | undefined;

async function bundled(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = sources();
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.tsx')],
    ...{ bundle: true, write: false, minify: true, format: 'esm', target: 'es2023' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'silent' },
  });
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', content: text('index.html') }],
    ['/page.css', { type: 'text/css; charset=utf-8', content: text('page.css') }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', content: outputFiles[0]!.text }],
  ]);
}

/** The files of the page, by path. They are bundled when somebody looks at it first. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  bundle ??= bundled();
  return bundle;
}
