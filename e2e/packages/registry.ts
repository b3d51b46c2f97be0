import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Project } from './project.ts';

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

/** The project that `cdk8s init typescript-app` makes, without its chart. */
export function cdk8sInit(): Pick<Project, 'files' | 'registry'> {
  const cli = dirname(createRequire(import.meta.url).resolve('cdk8s-cli/package.json'));
  const template = join(cli, 'templates', 'typescript-app');
  const wanted = ['jest.config.js', 'tsconfig.json', 'cdk8s.yaml'];
  const files = readdirSync(template).filter((file) => wanted.includes(file));
  return {
    registry: {
      ...CDK8S,
      'cdk8s-cli': devDependencies['cdk8s-cli'],
      '@types/node': '^22',
      '@types/jest': '^29',
      jest: '^29',
      'ts-jest': '^29',
      'ts-node': '^10',
      typescript: '5.9.x',
    },
    files: Object.fromEntries(
      files.map((file) => [file, readFileSync(join(template, file), 'utf8')]),
    ),
  };
}
