import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../cli/bundle.ts';

const CONSUMERS = join(import.meta.dirname, 'consumers');

/** The SDK of Dapr looks for its own folder, as programs in CommonJS can. */
const FOLDER_OF_ITS_OWN =
  "import{fileURLToPath as benchPath}from'node:url';import{dirname as benchFolder}from'node:path';const __filename=benchPath(import.meta.url);const __dirname=benchFolder(__filename);";

/** Bundles a program of `consumers/` as images are bundled, and returns the path of the bundle. */
export async function bundleProgram(program: string, outdir: string): Promise<string> {
  await bundle({
    entryPoints: [join(CONSUMERS, `${program}.ts`)],
    outdir,
    manifest: join(CONSUMERS, 'manifest.ts'),
    prelude: FOLDER_OF_ITS_OWN,
    extension: '.mjs',
  });
  return join(outdir, `${program}.mjs`);
}

/** Names of the programs in `consumers/`. */
export function programNames(): string[] {
  return readdirSync(CONSUMERS).map((file) => file.replace(/\.ts$/, ''));
}
