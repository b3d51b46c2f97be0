import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../scripts/toolchain.ts';
import { usePacked } from './packed-project.ts';
import type { Project } from './project.ts';

/** Installs a created project with the packed packages, which no registry has yet, and runs its scripts. */
function tryCreated(folder: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const cwd = join(folder, 'bakery');
  usePacked(cwd, tarballs);
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
  tryAdd(cwd);
  tryOtherNames(folder);
  return Promise.resolve();
}

/** Runs a project with names of its own on the packages of the first. */
function tryOtherNames(folder: string): void {
  const cwd = join(folder, 'bank');
  symlinkSync(join(folder, 'bakery', 'node_modules'), join(cwd, 'node_modules'));
  run('npm', ['run', 'check'], { cwd });
  run('npm', ['test'], { cwd });
}

/** Adds an event and apps to a project, runs its scripts, and removes them: its files are then as they were. */
function tryAdd(cwd: string): void {
  const git = (...args: string[]) => run('git', args, { cwd });
  const commit = () => {
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'test');
  };
  const platform = (line: string) =>
    run(join(cwd, 'node_modules', '.bin', 'event-platform'), line.split(' '), { cwd });
  git('init', '--quiet');
  commit();
  platform('add event order-shipped --key customer_id --partitions 6');
  platform('add service shipments --publishes order-shipped');
  platform('add service returns --publishes order-shipped --subscribes order-placed');
  platform('add consumer shipping --events order-placed,order-shipped');
  for (const args of [['run', 'check'], ['test'], ['run', 'build']]) {
    run('npm', args, { cwd });
  }
  try {
    platform('remove consumer shipping');
  } catch (error) {
    if (!(error as Error).message.includes('lost when removed: apps/shipping')) {
      throw error;
    }
  }
  commit();
  for (const name of ['consumer shipping', 'service returns', 'service shipments']) {
    platform(`remove ${name}`);
  }
  platform('remove event order-shipped');
  git('add', '--all');
  git('diff', '--staged', '--exit-code', 'HEAD~1');
}

/** What `npm create cdk8s-event-platform` makes. */
export const CREATED: Project = {
  name: 'created',
  shows:
    'npm create cdk8s-event-platform: its checks, tests, manifests and bundles; add and remove',
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
    {
      run: [
        ...(['create-cdk8s-event-platform', 'bank', '--no-install'] as const),
        ...['--event', 'case-opened', '--key', 'account_id', '--broker', 'nats'],
      ],
    },
    {
      run: ['create-cdk8s-event-platform', 'shop', '--broker', 'mqtt'],
      fails: true,
      output: /no broker 'mqtt': use kafka, nats, rabbitmq, redis/,
    },
    {
      run: ['create-cdk8s-event-platform', 'florist', '--no-install', '--json'],
      output: /^\{"folder":"florist","files":\["\.dockerignore",.*"installed":false\}\n$/,
    },
    { run: ['create-cdk8s-event-platform'], fails: true, output: /no name: npm create/ },
  ],
  then: tryCreated,
};
