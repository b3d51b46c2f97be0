/** `npm run build:images`: bundles each image's program to `app-images/<image>/build/main.js`. */
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

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

/** Bundles one image and returns the path of its program. */
export async function buildImage(name: string): Promise<string> {
  const folder = join(FOLDER, name, 'build');
  rmSync(folder, { recursive: true, force: true });
  const outfile = join(folder, 'main.js');
  await build({
    entryPoints: [join(FOLDER, name, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    sourcemap: 'external',
    legalComments: 'none',
    logLevel: 'warning',
    external: ['pg-native'],
    // Packages in CommonJS look for Node's modules with require, which ES modules lack.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  return outfile;
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
