import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { UsageError } from './command-line.ts';

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const;

/** A module of a folder, by its name without extension; undefined when it is not there. */
function moduleOf(folder: string, name: string): string | undefined {
  return EXTENSIONS.map((extension) => join(folder, `${name}${extension}`)).find((path) =>
    existsSync(path),
  );
}

/**
 * Bundles an app: `main.ts` of its folder, and `cli.ts` where it has one, to `build/` below it.
 *
 * @param folder of the app. Its `manifest.ts`, if there is one, names the contracts whose schemas are compiled.
 * @returns the path of the program.
 * @throws UsageError when the folder has no program, Error when it cannot be bundled.
 */
export async function buildApp(folder: string): Promise<string> {
  const program = moduleOf(folder, 'main');
  if (program === undefined) {
    throw new UsageError(`no app in '${folder}': it needs a main.ts, or main.js`);
  }
  const tool = moduleOf(folder, 'cli');
  const manifest = moduleOf(folder, 'manifest');
  const outdir = join(folder, 'build');
  rmSync(outdir, { recursive: true, force: true });
  await bundle({
    entryPoints: [program, ...(tool === undefined ? [] : [tool])],
    outdir,
    ...(manifest !== undefined && { manifest }),
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  return join(outdir, 'main.js');
}
