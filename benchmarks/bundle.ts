import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { precompiledSchemas } from '../app-images/precompiled-schemas.ts';

const CONSUMERS = join(import.meta.dirname, 'consumers');

/** As in images: what would call the driver in C is left out. */
const WITHOUT_NATIVE_DRIVER: Plugin = {
  name: 'without-native-driver',
  setup: (setup) => {
    setup.onLoad({ filter: /pg[\\/]lib[\\/]native[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/** Bundles a program of `consumers/` as images are bundled, and returns the path of the bundle. */
export async function bundle(program: string, folder: string): Promise<string> {
  const outfile = join(folder, `${program}.mjs`);
  await build({
    entryPoints: [join(CONSUMERS, `${program}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    external: ['pg-native'],
    plugins: [precompiledSchemas(CONSUMERS), WITHOUT_NATIVE_DRIVER],
    // Packages in CommonJS look for Node's modules with require, which ES modules lack.
    banner: {
      js: "import{createRequire}from'node:module';import{fileURLToPath as benchPath}from'node:url';import{dirname as benchFolder}from'node:path';const require=createRequire(import.meta.url);const __filename=benchPath(import.meta.url);const __dirname=benchFolder(__filename);",
    },
  });
  return outfile;
}

/** Names of the programs in `consumers/`. */
export function programNames(): string[] {
  return readdirSync(CONSUMERS).map((file) => file.replace(/\.ts$/, ''));
}
