import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import type { Manifest } from '../constructs/index.ts';
import packageJson from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const example = readFileSync(join(ROOT, 'docs', 'examples', 'shortest-platform.ts'), 'utf8');

it('the README shows the example that is compiled and run here', () => {
  expect(/```ts\n([^]*?)```/.exec(readme)?.[1]).toBe(example);
});

it('the guide to Pulumi shows the program that is compiled here, and that test:package deploys', () => {
  const guide = readFileSync(join(ROOT, 'docs', 'using-pulumi.md'), 'utf8');
  const program = readFileSync(join(ROOT, 'docs', 'examples', 'pulumi-program.ts'), 'utf8');
  expect(/```ts\n([^]*?)```/.exec(guide)?.[1]).toBe(
    program.replace('./shortest-platform.ts', './platform'),
  );
});

it('the example renders a platform', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  process.env.CDK8S_OUTDIR = folder;
  await import('./examples/shortest-platform.ts');
  delete process.env.CDK8S_OUTDIR;
  const objects = readdirSync(folder).flatMap(
    (name) => loadAll(readFileSync(join(folder, name), 'utf8')) as Manifest[],
  );
  rmSync(folder, { recursive: true });
  expect(new Set(objects.map(({ kind }) => kind))).toEqual(
    new Set([
      'Namespace',
      'NetworkPolicy',
      'ConfigMap',
      'Service',
      'PodDisruptionBudget',
      'StatefulSet',
      'Job',
      'Deployment',
      'PodMonitor',
      'Component',
      'Configuration',
      'Resiliency',
      'Subscription',
      'ServiceAccount',
      'ScaledObject',
      'TriggerAuthentication',
      'PrometheusRule',
    ]),
  );
});

it('every npm script that the documents name exists', () => {
  const documents = [
    readme,
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8')),
  ];
  const named = documents.flatMap((text) =>
    [...text.matchAll(/npm run (?:--silent )?([a-z0-9:-]+)/g)].map((match) => match[1]!),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

it('every file that the documents link to exists', () => {
  const links = [...readme.matchAll(/\]\(((?!http)[^)#]+)\)/g)].map((match) => match[1]!);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) {
    expect(() => readFileSync(join(ROOT, link)), link).not.toThrow(/ENOENT/);
  }
});
