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
import { startApiServer } from '../api-server/server.ts';
import { freePorts, stopAll } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import { commandProvider } from './command-provider.ts';
import { Engine } from './engine.ts';
import { kubernetesProvider } from './kubernetes-provider.ts';
import { ProviderServer } from './provider.ts';
import { randomProvider } from './random-provider.ts';
import { runScenario, type Stage, type Step } from './scenario.ts';

const HELP = `npm run e2e:pulumi [-- OPTIONS]

Runs the stack 'local' by Pulumi's own engine and Node language host on a real API server: preview,
up, up again, refresh, a change by hand, a change of the configuration, a cluster that is away, an
update that is killed in its middle and repeated, destroy. What the engine remembers and what the
server has are compared after each. Stand-ins take the place of the programs of resource providers
(see e2e/pulumi/kubernetes-provider.ts for what they do not do).

  --keep         leaves the folder with states and logs
  --help         this text`;

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
  const tools = ensureTools(['pulumi', 'kubernetes', 'crds']);
  const server = await startApiServer(
    join(tools.kubernetes, 'kube-apiserver'),
    join(folder, 'api-server'),
  );
  await installCrds(server.client, tools.crds);
  progress('API server with custom resource definitions');
  const env: Record<string, string | undefined> = { KUBECONFIG: server.kubeconfig };
  const hooks: Stage['hooks'] = { applied: () => undefined };
  const providers = [
    new ProviderServer(
      'kubernetes',
      kubernetesPackage.version,
      kubernetesProvider({ env, applied: () => hooks.applied() }),
    ),
    new ProviderServer('random', randomPackage.version, randomProvider),
    new ProviderServer('command', commandPackage.version, commandProvider),
  ];
  const nowhere = join(folder, 'nowhere');
  const [port] = await freePorts(1);
  writeFileSync(nowhere, writeKubeconfig({ port: port!, token: 'none' }));
  const engineFolder = join(folder, 'engine');
  try {
    const engine = new Engine({
      tools: tools.pulumi,
      project: projectIn(folder),
      stack: STACK,
      folder: engineFolder,
      providers: await Promise.all(providers.map((provider) => provider.start())),
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
      server,
      folder: engineFolder,
      env,
      hooks,
      nowhere,
      change,
      progress,
    });
  } finally {
    providers.forEach((provider) => provider.stop());
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
