/** `npm run build:images`: bundles each image's program to `app-images/<image>/build/main.js`. */
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';

const HELP = `npm run build:images [-- IMAGE …]

Bundles images to app-images/<image>/build/main.js, ready for \`node main.js\` and for the
Dockerfiles. Without names, all images.

  --help   this text`;

const FOLDER = import.meta.dirname;

/** Folders with a program to bundle. */
export function imageNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => existsSync(join(FOLDER, name, 'main.ts')))
    .sort();
}

/** Bundles one image, with its command where it has one, and returns the path of its program. */
export async function buildImage(name: string): Promise<string> {
  const folder = join(FOLDER, name);
  const outdir = join(folder, 'build');
  rmSync(outdir, { recursive: true, force: true });
  const entryPoints = ['main.ts', 'cli.ts']
    .map((file) => join(folder, file))
    .filter((path) => existsSync(path));
  await bundle({ entryPoints, outdir, manifestFolder: folder });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  return join(outdir, 'main.js');
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const known = imageNames();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (values.help) {
    console.log(HELP);
  } else if (unknown.length > 0) {
    console.error(`no image '${unknown.join("', '")}': use ${known.join(', ')}`);
    process.exitCode = 2;
  } else {
    const started = performance.now();
    const names = positionals.length > 0 ? positionals : known;
    for (const name of names) {
      const bytes = statSync(await buildImage(name)).size;
      console.log(`${name.padEnd(24)} ${(bytes / 1024).toFixed(0).padStart(6)} KB`);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${names.length} images bundled, ${seconds} s`);
  }
}
