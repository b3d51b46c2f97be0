/** `npm run e2e:pulumi`: the stack `local` by Pulumi's own engine, on a real API server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { table } from '../../cli/table.ts';
import { writeKubeconfig } from '../../testkit/kubernetes/kubeconfig.ts';
import { freePorts, stopAll } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { VERSIONS } from '../../constructs/core/versions.ts';
import { KWOK_VERSION } from '../../testkit/tools/kwok.ts';
import { STACK_TOOLS, startCluster } from '../../testkit/pulumi/cluster.ts';
import { startLocalStack } from '../../testkit/pulumi/local-stack.ts';
import { runScenario } from './scenario.ts';
import { PULUMI_PARTS } from '../../testkit/pulumi/stack.ts';
import type { Step } from '../../testkit/pulumi/steps.ts';

const HELP = `npm run e2e:pulumi [-- OPTIONS]

Runs the stack 'local' by Pulumi's own engine, Node language host and Kubernetes provider, on a real
control plane of Kubernetes whose pods kwok makes ready without running them: preview, up, up again,
refresh, a change by hand, a change of the configuration, a cluster that is unreachable, destroy, an
update that is killed halfway and continued. The state of the engine and the objects of the server are
compared after each. Stand-ins take the place of the providers that no package registry serves.

  --keep         leaves the folder with states and logs
  --help         this text`;

/** What of the run is real. */
const PARTS: readonly string[] = [
  `  real       ${PULUMI_PARTS.engine}`,
  `             ${PULUMI_PARTS.kubernetes}`,
  `             Kubernetes ${VERSIONS.kubernetes}: API server, controller manager, scheduler`,
  `  simulated  a node, its pods and volumes, by kwok ${KWOK_VERSION}: they are ready, and nothing runs`,
  `  stand-ins  ${PULUMI_PARTS.standIns}`,
];

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

/** Starts everything, and runs the scenario. */
async function run(folder: string): Promise<readonly Step[]> {
  const tools = ensureTools(STACK_TOOLS);
  PARTS.forEach((part) => console.log(part));
  const cluster = await startCluster(tools, join(folder, 'cluster'));
  progress('cluster with custom resource definitions');
  const kubeconfig = join(folder, 'kubeconfig');
  const env: Record<string, string> = { KUBECONFIG: kubeconfig };
  // The provider's settings, and with them the path, are part of the state: the file changes.
  const [port] = await freePorts(1);
  const nowhere = writeKubeconfig({ port: port!, token: 'none' });
  const there = readFileSync(cluster.kubeconfig, 'utf8');
  const reach = (isThere: boolean) => writeFileSync(kubeconfig, isThere ? there : nowhere);
  reach(true);
  const stack = await startLocalStack({
    tools,
    context: 'e2e',
    imageTag: '1.0.0',
    folder,
    env,
  });
  try {
    const change = {
      key: 'imageTag',
      values: ['1.0.1', '1.0.2'] as const,
      touches: (object: object) => JSON.stringify(object).includes(':1.0.'),
    };
    return await runScenario({
      engine: stack.engine,
      cluster,
      folder: stack.folder,
      env,
      reach,
      change,
      progress,
    });
  } finally {
    stack.stop();
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
    failures.length === 0 ? (outcome.ok ? 'ok' : 'fails as expected') : 'WRONG',
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
    failures = steps.flatMap((step) => step.failures.map((text) => `${step.name}: ${text}`));
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
  console.log(`e2e:pulumi: ${steps.length} steps, ${failures.length} failures, ${seconds} s`);
  process.exitCode = failures.length === 0 ? 0 : 1;
});
