import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from '../cli/table.ts';

const ROOT = join(import.meta.dirname, '..');

/** A copy of what a synthesis reads, so that it can be spoilt. */
const copy = mkdtempSync(join(tmpdir(), 'synth-'));
beforeAll(() => {
  for (const name of ['charts', 'cli', 'constructs', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  cpSync(join(ROOT, 'app-images'), join(copy, 'app-images'), {
    recursive: true,
    filter: (path) => !path.endsWith('/build'),
  });
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

function synth(...args: string[]) {
  return spawnSync(
    join(ROOT, 'node_modules', '.bin', 'tsx'),
    [join(copy, 'scripts', 'synth.ts'), ...args],
    { cwd: copy, encoding: 'utf8' },
  );
}

describe('npm run synth', () => {
  const file = join(copy, 'dist', 'tasks', 'local', '40-apps.yaml');

  it('ends with a table and one line of totals', () => {
    const { status, stdout } = synth();
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /rendering tasks\/local …\nrendering tasks\/production …\nrendering tasks\/aws-msk …/,
    );
    expect(stdout).toMatch(/Deployment +9 +6 +6( +\d+){9}\n/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^\d+ objects in 84 files below .*dist, \d+\.\d\d s$/,
    );
  });

  it('leaves the last good files as they were when a declaration is wrong', () => {
    const before = readFileSync(file, 'utf8');
    const chart = join(copy, 'charts', 'tasks', 'task-platform.ts');
    const source = readFileSync(chart, 'utf8');
    const spoilt = source.replaceAll('replicas: 3,', 'scaling: { maxReplicas: 20 },');
    expect(spoilt).not.toBe(source);
    writeFileSync(chart, spoilt);
    const { status, stderr } = synth();
    writeFileSync(chart, source);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /task-platform\/task-processor\/scaler: maxReplicas \(20\) exceeds the 3 partitions of topic 'task-created'.*use at most 3/,
    );
    expect(stderr).toContain('nothing was written');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('removes files that are not rendered any more', () => {
    const old = join(copy, 'dist', 'tasks', 'local', '99-old.yaml');
    writeFileSync(old, 'kind: Old\n');
    expect(synth().status).toBe(0);
    expect(() => readFileSync(old)).toThrow(/ENOENT/);
  });

  it('explains itself, and refuses what it does not know', () => {
    expect(synth('--help').stdout).toContain('--output FOLDER');
    const { status, stderr } = synth('--nonsense');
    expect(status).toBe(1);
    expect(stderr).toContain("Unknown option '--nonsense'");
  });
});

it('a table has its numbers to the right', () => {
  expect(
    table(
      ['kind', 'n'],
      [
        ['Job', '12'],
        ['Service', '3'],
      ],
    ),
  ).toBe('kind      n\n-------  --\nJob      12\nService   3');
});
