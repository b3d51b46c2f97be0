import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imageNames } from './build.ts';
import { bundle } from '../cli/bundle.ts';

const output = mkdtempSync(join(tmpdir(), 'bundles-'));
/** Whether an image answers requests: its manifest says so, or it is that of a producer. */
function hasRoutes(folder: string): boolean {
  const file = join(folder, 'manifest.ts');
  return (
    existsSync(join(folder, 'routes.ts')) ||
    (existsSync(file) && readFileSync(file, 'utf8').includes('serves: true'))
  );
}

/** A message of Ajv's compiler. */
const SCHEMA_COMPILER = 'schema is invalid';

afterAll(() => rmSync(output, { recursive: true }));

describe('an image', () => {
  it.each(imageNames())(
    '%s is one file, with a schema compiler only where it has routes',
    async (name) => {
      const folder = join(import.meta.dirname, name);
      const outdir = join(output, name);
      const manifest = join(folder, 'manifest.ts');
      await bundle({ entryPoints: [join(folder, 'main.ts')], outdir, manifest });
      expect(readdirSync(outdir).sort()).toEqual(['main.js', 'main.js.map']);
      const program = readFileSync(join(outdir, 'main.js'), 'utf8');
      expect(program.includes(SCHEMA_COMPILER)).toBe(hasRoutes(folder));
    },
  );
});
