import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_IMAGES } from '../../constructs/index.ts';
import { findVersions, foundProblems } from '../../cli/cluster-versions.ts';
import type { Manifests } from '../../scripts/manifests.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { changes, wakeForEffect } from './changes.ts';
import type { Cluster } from '../../testkit/kubernetes/cluster.ts';
import { DeployedPlatform } from './deployed-platform.ts';
import { diagnose } from './diagnose.ts';
import { disturb } from './disturbances.ts';
import {
  type ClusterEnvironment,
  clusterEnvironment,
  type EnvironmentName,
} from './environments.ts';
import { buildImages } from '../../testkit/kubernetes/images.ts';
import { calls } from './calls.ts';
import { isolation } from './isolation.ts';
import { KindCluster } from '../../testkit/kubernetes/kind-cluster.ts';
import { Kubectl } from '../../testkit/kubernetes/kubectl.ts';
import { findMetrics } from './metrics.ts';
import { DNS_IMAGE, NodeCluster } from '../../testkit/kubernetes/node/index.ts';
import { deployByPulumi, OTHER_TAG, type PulumiDeployment } from './pulumi-deployment.ts';
import { pages } from './pages.ts';
import { installOperators, type OperatorObjects, operatorObjects } from './operators.ts';
import { runRunbooks } from './runbook-commands.ts';
import { scaleOutAndBack } from './scaling.ts';
import type { Steps } from './steps.ts';

/** Options of a run. */
export interface ScenarioOptions {
  /** Tasks of each part. */
  readonly tasks: number;
  /** Tasks that pile up while a consumer has no pod. */
  readonly lag: number;
  /** Environments that are deployed, each in a cluster of its own. */
  readonly environments: readonly EnvironmentName[];
  /** Whether the cluster is kind's. */
  readonly kind: boolean;
  /** Whether the cluster stays until the user ends it. */
  readonly keepOpen: boolean;
}

/** Images that rendered objects name. */
function imagesOf({ objects }: Manifests): string[] {
  return objects.flatMap(({ spec }) => {
    // Not every kind has them.
    const pod = (spec as Partial<typeof spec> | undefined)?.template?.spec;
    return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].map(({ image }) => image);
  });
}

/** Makes a cluster for each environment, and runs the platform in it from the first apply on. */
export async function runScenario(
  steps: Steps,
  options: ScenarioOptions,
  folder: string,
): Promise<void> {
  const tools = ensureTools([
    ...(['kubernetes', 'kubernetes-node', 'dapr-control-plane', 'helm', 'keda', 'crds'] as const),
    ...(['pause', 'node-image', 'parts-image', 'pulumi', 'pulumi-kubernetes'] as const),
  ]);
  const program = join(tools['kubernetes-node'], 'kubectl');
  const operators = await operatorObjects(
    new Kubectl(program, join(folder, 'none')),
    tools,
    folder,
  );
  const environments = await Promise.all(
    options.environments.map((name) => clusterEnvironment(name, join(folder, name))),
  );
  let archives: readonly string[] = [];
  await steps.run('images', async () => {
    archives = await buildImages({
      tools,
      wanted: [
        ...[DNS_IMAGE, ...operators.images, DEFAULT_IMAGES.postgres, DEFAULT_IMAGES.mailpit],
        ...environments.flatMap(({ manifests }) => imagesOf(manifests)),
      ],
      names: (app) => [...environments.map(({ image }) => image(app)), `${app}:${OTHER_TAG}`],
      folder,
    });
    return 'built';
  });
  for (const environment of environments) {
    environment.notes.forEach((note) => steps.progress(`${environment.name}: ${note}`));
    const last = environment === environments.at(-1);
    await runEnvironment(
      steps,
      { ...options, keepOpen: options.keepOpen && last },
      {
        environment,
        archives,
        operators,
        tools,
        folder: join(folder, environment.name),
      },
    );
  }
}

/** What is the same for every environment. */
interface Prepared {
  readonly environment: ClusterEnvironment;
  /** Archives of images. */
  readonly archives: readonly string[];
  readonly operators: OperatorObjects;
  readonly tools: Parameters<typeof installOperators>[2] &
    Parameters<typeof NodeCluster.start>[0] &
    PulumiDeployment['tools'] & { readonly 'kubernetes-node': string };
  /** For what the cluster writes. */
  readonly folder: string;
}

/** Makes a cluster, runs the platform in it, and ends it. */
async function runEnvironment(
  steps: Steps,
  options: ScenarioOptions,
  { environment, archives, operators, tools, folder }: Prepared,
): Promise<void> {
  const { name } = environment;
  let cluster: Cluster | undefined;
  try {
    await steps.run(`${name}: cluster`, async () => {
      const own = join(folder, 'cluster');
      mkdirSync(own, { recursive: true });
      cluster = options.kind ? KindCluster.start(own) : await NodeCluster.start(tools, own);
      const kubectl = new Kubectl(join(tools['kubernetes-node'], 'kubectl'), cluster.kubeconfig);
      steps.explain = async () =>
        console.error(
          await diagnose(kubectl, [
            ...[environment.manifests.namespace, environment.databaseNamespace],
            ...operators.namespaces,
            'kube-system',
          ]),
        );
      archives.forEach((archive) => cluster!.load(archive));
      await cluster.furnish(kubectl);
      return cluster.description;
    });
    if (cluster !== undefined) {
      const kubectl = new Kubectl(join(tools['kubernetes-node'], 'kubectl'), cluster.kubeconfig);
      const platform = new DeployedPlatform(kubectl, environment);
      await steps.run(`${name}: operators`, async () => {
        const pods = await installOperators(kubectl, operators, tools);
        const found = await findVersions((args) => kubectl.run(args));
        const problems = foundProblems(found);
        if (problems.length > 0) {
          throw new Error(problems.join('; '));
        }
        return `${pods} pods ready; found ${JSON.stringify(found)}`;
      });
      await runPlatform(steps, platform, () => cluster?.check(), { ...options, folder, tools });
      if (options.keepOpen) {
        console.log(`\n${steps.table}\n`);
        steps.progress(`KUBECONFIG=${kubectl.kubeconfig}; Ctrl-C ends it`);
        // The runner ends everything on an interrupt.
        await new Promise(() => setInterval(() => undefined, 60_000));
      }
    }
  } finally {
    await cluster?.stop();
  }
}

async function runPlatform(
  steps: Steps,
  platform: DeployedPlatform,
  check: () => void,
  options: ScenarioOptions & Pick<Prepared, 'folder' | 'tools'>,
): Promise<void> {
  const { tasks, lag, folder, tools, keepOpen } = options;
  const { kubectl, environment } = platform;
  const { name } = environment;
  const step = (what: string, work: () => Promise<string>) => steps.run(`${name}: ${what}`, work);
  await step('apply by the documented commands', async () => {
    const pods = await platform.apply(300, steps.progress);
    return `${pods.length} pods ready, ${await platform.sidecars()} of them with a sidecar`;
  });
  await step('each task once', async () => {
    await platform.post(tasks);
    return `${await platform.settle()}; ${await platform.sidecars()} pods with a sidecar`;
  });
  if (name === 'local') {
    await step('pages', () => pages(platform));
  }
  await step('metrics', () => findMetrics(platform, steps.progress));
  await step('network policies', () => {
    check();
    return isolation(platform);
  });
  await step('commands of runbooks', () => runRunbooks(platform, steps.progress));
  await step('pods deleted, servers restarted', () => disturb(platform, steps.progress));
  await step('apply again', async () => {
    const changed = await platform.applyAgain();
    if (changed.length > 0) {
      throw new Error(`changed by it: ${changed.join(', ')}`);
    }
    return `${platform.manifests.objects.length} objects, 0 changed`;
  });
  if (name === 'local') {
    // In production, no consumer is ever without a pod.
    await step('from no pod to many and back', () =>
      scaleOutAndBack(platform, lag, steps.progress),
    );
    await step('a due effect wakes', () => wakeForEffect(platform, steps.progress));
    await step('calls between apps', () => calls(platform, folder, steps.progress));
    await step('declarations change', () => changes(platform, folder, steps.progress));
  }
  if (name === 'local' && !keepOpen) {
    const { progress } = steps;
    await step('deployed by Pulumi instead', () =>
      deployByPulumi({ kubectl, environment, tools, progress, folder: join(folder, 'pulumi') }),
    );
  }
}
