/** `npm run build:images`: bundles each image's program to `app-images/<image>/build/main.js`. */
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { precompiledSchemas } from './precompiled-schemas.ts';

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

/** The driver in C is not in the images, so neither is what would call it. */
const WITHOUT_NATIVE_DRIVER: Plugin = {
  name: 'without-native-driver',
  setup: (setup) => {
    setup.onLoad({ filter: /pg[\\/]lib[\\/]native[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/** Bundles one image, with its command where it has one, and returns the path of its program. */
export async function buildImage(name: string): Promise<string> {
  const folder = join(FOLDER, name);
  const outdir = join(folder, 'build');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: ['main.ts', 'cli.ts'].map((file) => join(folder, file)).filter(existsSync),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    sourcemap: 'external',
    legalComments: 'none',
    logLevel: 'warning',
    external: ['pg-native'],
    plugins: [precompiledSchemas(folder), WITHOUT_NATIVE_DRIVER],
    // Packages in CommonJS look for Node's modules with require, which ES modules lack.
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
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
