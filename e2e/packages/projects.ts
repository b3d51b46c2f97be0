import { CREATED } from './created.ts';
import { MISTAKES } from './mistakes.ts';
import { ORDERS_APP } from './orders-app.ts';
import type { Project } from './project.ts';
import { PULUMI_PROGRAMS } from './pulumi-program.ts';
import { CDK8S, cdk8sInit, COMPILER, EXAMPLE, OURS } from './registry.ts';
import { TESTING_KIT } from './testing-kit.ts';

function tsconfig(compilerOptions: object): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      target: 'ES2022',
      skipLibCheck: false,
      outDir: 'out',
      ...compilerOptions,
    },
    files: ['main.ts'],
  });
}

/** A project that compiles the example, type by type, and renders it. */
function compiled(name: string, shows: string, type: Project['type'], options: object): Project {
  return {
    name,
    shows,
    type,
    own: OURS,
    registry: { ...CDK8S, ...COMPILER },
    files: { 'main.ts': EXAMPLE, 'tsconfig.json': tsconfig(options) },
    commands: [
      { run: ['tsc', '-p', '.'] },
      { run: ['node', 'out/main.js'] },
      { run: ['node', '-e', RENDERED], output: /^\d+ objects/ },
    ],
  };
}

/** Counts what the example has rendered. */
const RENDERED =
  "const f=require('node:fs');const n=f.readdirSync('dist').flatMap(x=>f.readFileSync('dist/'+x,'utf8').split(/^---$/m)).length;if(n<20)throw new Error(n+' objects');console.log(n+' objects')";

/** The project that `cdk8s init typescript-app` makes, with our package in it. */
function cdk8sTemplate(): Project {
  const { files, registry } = cdk8sInit();
  return {
    name: 'cdk8s-template',
    shows: 'the project of `cdk8s init`: ts-node, jest and cdk8s synth',
    type: 'commonjs',
    own: [...OURS, '@cdk8s-event-platform/cli'],
    registry,
    files: {
      ...files,
      'main.ts': EXAMPLE.replace('const app = new App();', 'export const app = new App();'),
      'main.test.ts': `import { Testing } from 'cdk8s';
import { Environment, EventPlatform } from 'cdk8s-event-platform';

test('is a chart', () => {
  const platform = new EventPlatform(Testing.app(), 'test', { environment: Environment.local() });
  expect(Testing.synth(platform).map(({ kind }) => kind)).toContain('Namespace');
});
`,
    },
    commands: [
      { run: ['tsc', '--build'] },
      { run: ['jest'] },
      { run: ['cdk8s', 'synth'], output: /dist\// },
      { run: ['event-platform', 'secrets'], output: /^---\napiVersion: v1\nkind: Secret\n/ },
    ],
  };
}

/** One call of the package from untyped JavaScript. */
function untyped(name: string, shows: string, type: Project['type'], text: string): Project {
  const file = type === 'module' ? 'main.mjs' : 'main.cjs';
  return {
    name,
    shows,
    type,
    own: OURS,
    registry: CDK8S,
    files: { [file]: text },
    commands: [{ run: ['node', file], output: /ok/ }],
  };
}

/** Every project that is tried. */
export const PROJECTS: readonly Project[] = [
  compiled('nodenext', 'TypeScript with nodenext', 'module', {
    module: 'nodenext',
    moduleResolution: 'nodenext',
  }),
  compiled('bundler', 'TypeScript with bundler', 'module', {
    module: 'esnext',
    moduleResolution: 'bundler',
  }),
  compiled('node10', 'TypeScript with node10, to CommonJS', 'commonjs', {
    module: 'commonjs',
    moduleResolution: 'node10',
    ignoreDeprecations: '6.0',
  }),
  {
    ...compiled('pnpm', 'pnpm', 'module', { module: 'nodenext', moduleResolution: 'nodenext' }),
    installer: 'pnpm',
  },
  {
    ...compiled('other-patch', 'another patch level of cdk8s and constructs', 'module', {
      module: 'nodenext',
      moduleResolution: 'nodenext',
    }),
    registry: { ...CDK8S, ...COMPILER, cdk8s: '2.70.90', constructs: '10.8.0' },
  },
  untyped(
    'both-ways',
    'import and require in one process: one copy of each class',
    'module',
    `import { createRequire } from 'node:module';
import { EventPlatform } from 'cdk8s-event-platform';
import { defineEvent } from '@cdk8s-event-platform/contracts';
const require = createRequire(import.meta.url);
if (require('cdk8s-event-platform').EventPlatform !== EventPlatform) throw new Error('two copies');
if (require('@cdk8s-event-platform/contracts').defineEvent !== defineEvent) throw new Error('two copies');
console.log('ok');
`,
  ),
  cdk8sTemplate(),
  CREATED,
  ORDERS_APP,
  MISTAKES,
  ...PULUMI_PROGRAMS,
  ...TESTING_KIT,
];
