import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../cli/bundle.ts';

const FOLDERS = ['consumers', 'producers'].map((name) => join(import.meta.dirname, name));

/** The SDK of Dapr looks for its own folder, as programs in CommonJS can. */
const FOLDER_OF_ITS_OWN =
  "import{fileURLToPath as benchPath}from'node:url';import{dirname as benchFolder}from'node:path';const __filename=benchPath(import.meta.url);const __dirname=benchFolder(__filename);";

/** Bundles a program of `consumers/` or `producers/` as images are bundled, and returns the path of the bundle. */
export async function bundleProgram(program: string, outdir: string): Promise<string> {
  const folder = FOLDERS.find((each) => existsSync(join(each, `${program}.ts`)))!;
  await bundle({
    entryPoints: [join(folder, `${program}.ts`)],
    outdir,
    manifest: join(folder, 'manifest.ts'),
    prelude: FOLDER_OF_ITS_OWN,
    extension: '.mjs',
  });
  return join(outdir, `${program}.mjs`);
}

/** Names of the programs in `consumers/` and `producers/`. */
export function programNames(): string[] {
  return FOLDERS.flatMap((folder) => readdirSync(folder)).map((file) => file.replace(/\.ts$/, ''));
}
