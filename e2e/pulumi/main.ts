/** `npm run e2e:pulumi`: the stack `local` by Pulumi's own engine, on a real API server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import commandPackage from '@pulumi/command/package.json' with { type: 'json' };
import kubernetesPackage from '@pulumi/kubernetes/package.json' with { type: 'json' };
import randomPackage from '@pulumi/random/package.json' with { type: 'json' };
import { dump, load } from 'js-yaml';
import { command } from '../../scripts/command.ts';
import { table } from '../../scripts/table.ts';
import { installCrds } from '../api-server/crds.ts';
import { writeKubeconfig } from '../api-server/kubeconfig.ts';
import { freePorts, stopAll } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import { VERSIONS } from '../../constructs/versions.ts';
import { KWOK_VERSION } from '../tools/kwok.ts';
import { PULUMI_KUBERNETES_COMMIT } from '../tools/pulumi-kubernetes.ts';
import { PULUMI_VERSIONS } from '../tools/pulumi.ts';
import { startCluster } from './cluster.ts';
import { commandProvider } from './command-provider.ts';
import { Engine } from './engine.ts';
import { ProviderServer } from './provider.ts';
import { randomProvider } from './random-provider.ts';
import { runScenario, type Step } from './scenario.ts';

const HELP = `npm run e2e:pulumi [-- OPTIONS]

Runs the stack 'local' by Pulumi's own engine, Node language host and Kubernetes provider, on a real
control plane of Kubernetes whose pods kwok makes ready without running them: preview, up, up again,
refresh, a change by hand, a change of the configuration, a cluster that is unreachable, destroy, an
update that is killed in its middle and continued. What the engine remembers and what the server has
are compared after each. Stand-ins take the place of the providers that no package registry serves.

  --keep         leaves the folder with states and logs
  --help         this text`;

/** What of the run is real. */
const PARTS: readonly string[] = [
  `  real       Pulumi ${PULUMI_VERSIONS.engine} with the Node language host ${PULUMI_VERSIONS.languageHost}`,
  `             Pulumi's Kubernetes provider ${PULUMI_KUBERNETES_COMMIT}, as ${kubernetesPackage.version}`,
  `             Kubernetes ${VERSIONS.kubernetes}: API server, controller manager, scheduler`,
  `  simulated  a node, its pods and volumes, by kwok ${KWOK_VERSION}: they are ready, and nothing runs`,
  `  stand-ins  Pulumi's providers random ${randomPackage.version} and command ${commandPackage.version}`,
];

const ROOT = resolve(import.meta.dirname, '..', '..');
const STACK = 'local';

/** The stack on the current cluster, in which everything else is there. */
const CONFIG = {
  target: 'local',
  cluster: 'current',
  kubeContext: 'e2e',
  operators: 'present',
  images: 'present',
  imageTag: '1.0.0',
} as const;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

/** A folder with the project of the checkout, in which the engine may write. */
function projectIn(folder: string): string {
  const project = join(folder, 'project');
  mkdirSync(project);
  const settings = load(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as { main: string };
  const own = { ...settings, main: join(ROOT, settings.main) };
  writeFileSync(join(project, 'Pulumi.yaml'), dump(own));
  return project;
}

/** Starts everything, and runs the scenario. */
async function run(folder: string): Promise<Step[]> {
  const tools = ensureTools([
    'pulumi',
    'pulumi-kubernetes',
    'kubernetes',
    'kubernetes-controllers',
    'kwok',
    'crds',
  ]);
  PARTS.forEach((part) => console.log(part));
  const cluster = await startCluster(tools, join(folder, 'cluster'));
  await installCrds(cluster.client, tools.crds);
  progress('cluster with custom resource definitions');
  const kubeconfig = join(folder, 'kubeconfig');
  const env: Record<string, string> = { KUBECONFIG: kubeconfig };
  const standIns = [
    new ProviderServer('random', randomPackage.version, randomProvider),
    new ProviderServer('command', commandPackage.version, commandProvider),
  ];
  // The provider's settings, and with them the path, are part of the state: the file changes.
  const [port] = await freePorts(1);
  const nowhere = writeKubeconfig({ port: port!, token: 'none' });
  const there = readFileSync(cluster.kubeconfig, 'utf8');
  const reach = (isThere: boolean) => writeFileSync(kubeconfig, isThere ? there : nowhere);
  reach(true);
  const engineFolder = join(folder, 'engine');
  try {
    const engine = new Engine({
      tools: tools.pulumi,
      project: projectIn(folder),
      stack: STACK,
      folder: engineFolder,
      plugins: [
        {
          name: 'kubernetes',
          version: kubernetesPackage.version,
          program: join(tools['pulumi-kubernetes'], 'pulumi-resource-kubernetes'),
        },
      ],
      providers: await Promise.all(standIns.map((provider) => provider.start())),
      env,
    });
    await engine.call('stack', 'init');
    for (const [key, value] of Object.entries(CONFIG)) {
      await engine.call('config', 'set', key, value);
    }
    const change = {
      key: 'imageTag',
      values: ['1.0.1', '1.0.2'] as const,
      touches: (object: object) => JSON.stringify(object).includes(':1.0.'),
    };
    return await runScenario({
      engine,
      cluster,
      folder: engineFolder,
      env,
      reach,
      change,
      progress,
    });
  } finally {
    standIns.forEach((provider) => provider.stop());
  }
}

/** One row of the table. */
function row({ name, outcome, failures }: Step): string[] {
  const count = (...names: string[]) =>
    String(names.reduce((sum, key) => sum + (outcome.counts[key] ?? 0), 0));
  return [
    name,
    outcome.seconds.toFixed(1),
    count('create'),
    count('update'),
    count('replace'),
    count('same'),
    count('delete'),
    failures.length === 0 ? (outcome.ok ? 'ok' : 'fails, as it has to') : 'WRONG',
  ];
}

await command('e2e:pulumi', async () => {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-pulumi-'));
  let steps: readonly Step[] = [];
  let failures: string[];
  try {
    steps = await run(folder);
    failures = steps.flatMap(({ name, failures }) => failures.map((text) => `${name}: ${text}`));
  } catch (error) {
    failures = [(error as Error).message];
  } finally {
    await stopAll();
    if (values.keep) {
      console.log(`states and logs: ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const head = ['step', 'seconds', 'created', 'updated', 'replaced', 'same', 'deleted', 'result'];
  console.log(`\n${table(head, steps.map(row))}\n`);
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `e2e:pulumi: ${steps.length} steps, ${failures.length === 0 ? 'all as it has to be' : `${failures.length} failures`}, ${seconds} s`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
});
