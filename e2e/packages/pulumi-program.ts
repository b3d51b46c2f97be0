import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { inventory } from '../../testkit/kubernetes/inventory.ts';
import { stopAll } from '../../testkit/process.ts';
import { differences, leftovers, unready } from '../../testkit/pulumi/checks.ts';
import { STACK_TOOLS, startCluster } from '../../testkit/pulumi/cluster.ts';
import { startStack } from '../../testkit/pulumi/stack.ts';
import { Steps } from '../../testkit/pulumi/steps.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import type { Project } from './project.ts';
import { CDK8S, COMPILER, EXAMPLE, OURS } from './registry.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { devDependencies } = packageJson;

/** `index.ts` of docs/using-pulumi.md. */
const PROGRAM = readFileSync(join(ROOT, 'docs', 'examples', 'pulumi-program.ts'), 'utf8');

/** Deploys a project to a cluster of its own, again without a change, and destroys it. @throws Error with what was wrong. */
async function deploy(project: string): Promise<void> {
  const folder = `${project}-run`;
  const tools = ensureTools(STACK_TOOLS);
  try {
    const { client, kubeconfig } = await startCluster(tools, join(folder, 'cluster'));
    const baseline = await inventory(client);
    const stack = await startStack({
      tools,
      project,
      stack: 'dev',
      config: { kubeContext: 'e2e' },
      folder: join(folder, 'engine'),
      env: { KUBECONFIG: kubeconfig },
    });
    const { engine } = stack;
    const steps = new Steps((text) => console.log(`  ${text}`));
    const asRemembered = async () => {
      const state = await engine.state('--show-secrets');
      return [...(await unready(state, client)), ...(await differences(state, client, baseline))];
    };
    try {
      await steps.take('up', engine.run('up'), { check: asRemembered });
      await steps.take('up again', engine.run('up'), { counts: {}, check: asRemembered });
      await steps.take('destroy', engine.run('destroy'), {
        check: async () => leftovers(await engine.state(), client, baseline),
      });
    } finally {
      stack.stop();
    }
    if (steps.failures.length > 0) {
      throw new Error(steps.failures.join('\n'));
    }
  } finally {
    await stopAll();
  }
}

/** A Pulumi program of another team, as docs/using-pulumi.md shows it. */
function program(
  name: string,
  shows: string,
  type: Project['type'],
  {
    platform,
    compilerOptions,
    registry,
  }: {
    /** How the program names the file with the platform. */
    readonly platform: string;
    readonly compilerOptions: object;
    readonly registry: Readonly<Record<string, string>>;
  },
): Project {
  return {
    name,
    shows,
    type,
    own: [...OURS, '@cdk8s-event-platform/pulumi'],
    registry: {
      ...CDK8S,
      ...COMPILER,
      '@pulumi/kubernetes': devDependencies['@pulumi/kubernetes'],
      '@pulumi/pulumi': devDependencies['@pulumi/pulumi'],
      ...registry,
    },
    files: {
      'Pulumi.yaml': `name: ${name}\nruntime: nodejs\n`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { strict: true, outDir: 'bin', target: 'ES2022', ...compilerOptions },
        files: ['index.ts'],
      }),
      'platform.ts': EXAMPLE.replace(/app\.synth\(\);\n$/, ''),
      'index.ts': PROGRAM.replace('./shortest-platform.ts', platform),
    },
    commands: [{ run: ['tsc', '--noEmit', '-p', '.'] }],
    then: deploy,
  };
}

/** Projects that need the tools of `npm run e2e:pulumi`. */
export const PULUMI_PROGRAMS: readonly Project[] = [
  program('pulumi-program', 'a Pulumi program as ES module: up, up again, destroy', 'module', {
    platform: './platform.js',
    compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' },
    registry: { 'ts-node': '10.9.2' },
  }),
  program('pulumi-template', 'the same in the project of `pulumi new`', 'commonjs', {
    platform: './platform',
    compilerOptions: { module: 'commonjs', moduleResolution: 'node' },
    registry: { typescript: '5.9.x' },
  }),
];
