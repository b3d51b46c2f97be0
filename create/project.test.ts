import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { TEMPLATE_NAMES } from './names.ts';
import { folderProblem, projectFiles, writeProject } from './project.ts';

const TEMPLATE = join(import.meta.dirname, 'template');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('folderProblem', () => {
  it('accepts an empty folder, and one that does not exist', () => {
    expect(folderProblem(folder)).toBeUndefined();
    expect(folderProblem(join(folder, 'new'))).toBeUndefined();
  });

  it('refuses a folder with files, and a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(folderProblem(folder)).toMatch(/is not empty/);
    expect(folderProblem(join(folder, 'file'))).toMatch(/is a file/);
  });
});

describe('a project', () => {
  const files = projectFiles(TEMPLATE, { ...TEMPLATE_NAMES, name: 'bakery' }, '1.2.3');

  it('has the name in place of that of the template', () => {
    const mentions = [...files].filter(([, text]) => /\bshop\b/.test(text));
    expect(mentions).toEqual([]);
    expect(files.get('charts/environments.ts')).toContain("namespace: 'bakery'");
  });

  it('has the files that npm would leave out of a package', () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['.gitignore', '.dockerignore', '.github/workflows/ci.yml']),
    );
  });

  it('depends on this version, and else on the versions that this repository is tested with', () => {
    const { dependencies, devDependencies } = JSON.parse(files.get('package.json')!) as Record<
      string,
      Record<string, string>
    >;
    const tested: Record<string, string> = {
      ...packageJson.dependencies,
      ...packageJson.devDependencies,
    };
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toBe(name.includes('cdk8s-event-platform') ? '1.2.3' : tested[name]);
    }
  });

  it('is written, and overwrites nothing', () => {
    writeProject(folder, files);
    expect(readFileSync(join(folder, 'apps/orders/main.ts'), 'utf8')).toContain('startProducer');
    rmSync(join(folder, 'README.md'));
    mkdirSync(join(folder, 'README.md'));
    expect(() => {
      writeProject(folder, files);
    }).toThrow(/EEXIST/);
  });
});
