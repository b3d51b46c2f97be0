import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { imageNames } from './build.ts';
import { bundle } from '../cli/bundle.ts';

const output = mkdtempSync(join(tmpdir(), 'bundles-'));

afterAll(() => rmSync(output, { recursive: true }));

describe('an image', () => {
  it.each(imageNames())(
    '%s is one file, without a compiler of schemas where it has no routes',
    async (name) => {
      const folder = join(import.meta.dirname, name);
      const outdir = join(output, name);
      const manifest = join(folder, 'manifest.ts');
      await bundle({ entryPoints: [join(folder, 'main.ts')], outdir, manifest });
      const kilobytes = statSync(join(outdir, 'main.js')).size / 1024;
      expect(kilobytes).toBeLessThan(name === 'tasks/producer' ? 1_000 : 500);
    },
  );
});
