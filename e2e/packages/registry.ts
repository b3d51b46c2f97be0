import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };

const { dependencies, devDependencies } = packageJson;

/** README's first example, as a chart that writes where cdk8s says. */
export const EXAMPLE = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'examples', 'shortest-platform.ts'),
  'utf8',
);

/** What constructs are used with. */
export const CDK8S = {
  cdk8s: dependencies.cdk8s,
  'cdk8s-plus-27': dependencies['cdk8s-plus-27'],
  constructs: dependencies.constructs,
};

/** What compiles a project. */
export const COMPILER = {
  typescript: devDependencies.typescript,
  '@types/node': devDependencies['@types/node'],
};

/** Packages of ours that declare a platform. */
export const OURS = ['cdk8s-event-platform', '@cdk8s-event-platform/contracts'] as const;
