import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/toolchain.ts';
import type { Project } from './project.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Installs a created project with the packed packages, which no registry has yet, and runs its scripts. */
function tryCreated(folder: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const cwd = join(folder, 'bakery');
  const file = join(cwd, 'package.json');
  const packed = (versions: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(versions).map(([name, version]) => {
        const tarball = tarballs.get(name);
        return [name, tarball === undefined ? version : `file:${tarball}`];
      }),
    );
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  writeFileSync(
    file,
    JSON.stringify({
      ...manifest,
      dependencies: packed(manifest.dependencies),
      devDependencies: packed(manifest.devDependencies),
      overrides: packed(Object.fromEntries([...tarballs.keys()].map((name) => [name, '']))),
    }),
  );
  for (const args of [
    ['install', '--no-audit', '--no-fund'],
    ['run', 'check'],
    ['test'],
    ['run', 'synth'],
    ['run', 'build'],
  ]) {
    run('npm', args, { cwd });
  }
  const secrets = ['run', '--silent', 'secrets', '--', 'production'];
  const password = ['--set', 'postgres-credentials.password=secret'];
  const printed = run('npm', [...secrets, ...password], { cwd });
  // kubectl reads it.
  if (!printed.startsWith('---\napiVersion: v1\nkind: Secret\n')) {
    throw new Error(`secrets prints something else than Secrets: ${printed.slice(0, 200)}`);
  }
  return Promise.resolve();
}

/** What `npm create cdk8s-event-platform` makes. */
export const CREATED: Project = {
  name: 'created',
  shows: 'npm create cdk8s-event-platform: its checks, tests, manifests and bundles',
  type: 'module',
  own: ['create-cdk8s-event-platform'],
  registry: {},
  files: { 'full/file.txt': 'not to be overwritten\n' },
  commands: [
    { run: ['create-cdk8s-event-platform', '--help'], output: /^npm create/ },
    {
      run: ['create-cdk8s-event-platform', 'bakery', '--no-install'],
      output: /^\d+ files in bakery\n/,
    },
    {
      run: ['create-cdk8s-event-platform', 'bakery', '--no-install'],
      fails: true,
      output: /folder 'bakery' is not empty: choose another one with --folder/,
    },
    {
      run: ['create-cdk8s-event-platform', 'Bakery'],
      fails: true,
      output: /name 'Bakery' is not a DNS label/,
    },
    {
      run: ['create-cdk8s-event-platform', 'shop', '--folder', 'full'],
      fails: true,
      output: /folder 'full' is not empty/,
    },
    { run: ['create-cdk8s-event-platform'], fails: true, output: /no name: npm create/ },
  ],
  then: tryCreated,
};
