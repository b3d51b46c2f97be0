import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { manifestProblems } from '../constructs/testing/index.ts';
import { renderAll } from './render.ts';

const ROOT = join(import.meta.dirname, '..');
const temporary = mkdtempSync(join(tmpdir(), 'dist-test-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** Content of the files below a folder, by path. */
function filesBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

describe('dist', () => {
  const rendered = renderAll();

  it('is what the charts render: run `npm run synth` and commit the result', () => {
    const fresh = Object.fromEntries(rendered.map(({ path, content }) => [path, content]));
    expect(filesBelow(join(ROOT, 'dist'))).toEqual(fresh);
  });

  it('is the same in every synthesis', () => {
    expect(renderAll().map(({ content }) => content)).toEqual(
      rendered.map(({ content }) => content),
    );
  });

  it('gets the same bytes from `cdk8s synth`', () => {
    const output = join(temporary, 'dist');
    execFileSync(
      join(ROOT, 'node_modules', '.bin', 'cdk8s'),
      ['synth', '--output', output, '--check-upgrade=false'],
      { cwd: ROOT, stdio: 'pipe' },
    );
    expect(filesBelow(output)).toEqual(filesBelow(join(ROOT, 'dist')));
  });

  const manifests = rendered.filter(({ path }) => path.endsWith('.yaml'));
  it.each(manifests.map(({ path, objects }) => ({ path, objects })))(
    'holds objects as their schemas say: $path',
    ({ objects }) => {
      expect(objects.length).toBeGreaterThan(0);
      expect(manifestProblems(objects)).toEqual([]);
    },
  );

  it('holds no secret', () => {
    expect(
      rendered.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'Secret'),
    ).toEqual([]);
  });
});
