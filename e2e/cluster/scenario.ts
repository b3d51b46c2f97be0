import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS } from '../../charts/platforms.ts';
import { Manifests } from '../../scripts/manifests.ts';
import { ensureTools } from '../tools/index.ts';
import type { Cluster } from './cluster.ts';
import { DeployedPlatform } from './deployed-platform.ts';
import { diagnose } from './diagnose.ts';
import { disturb } from './disturbances.ts';
import { buildImages } from './images.ts';
import { isolation } from './isolation.ts';
import { KindCluster } from './kind-cluster.ts';
import { Kubectl } from './kubectl.ts';
import { findMetrics } from './metrics.ts';
import { DNS_IMAGE, NodeCluster } from './node/index.ts';
import { installOperators, type OperatorObjects, operatorObjects } from './operators.ts';
import { scaleOutAndBack } from './scaling.ts';
import type { Steps } from './steps.ts';

const DIST = join(import.meta.dirname, '..', '..', 'dist', 'local');

/** Options of a run. */
export interface ScenarioOptions {
  /** Tasks of each part. */
  readonly tasks: number;
  /** Tasks that pile up while a consumer has no pod. */
  readonly lag: number;
  /** Whether the cluster is kind's. */
  readonly kind: boolean;
  /** Whether the cluster stays until somebody ends it. */
  readonly keepOpen: boolean;
}

/** Images that rendered objects name. */
function imagesOf({ objects }: Manifests): string[] {
  return objects.flatMap(({ spec }) =>
    // Not every kind has them.
    ((spec as Partial<typeof spec> | undefined)?.template?.spec.containers ?? []).map(
      ({ image }) => image,
    ),
  );
}

/** Makes a cluster, and runs the platform in it from the first apply to its scaling back to nothing. */
export async function runScenario(
  steps: Steps,
  options: ScenarioOptions,
  folder: string,
): Promise<void> {
  const tools = ensureTools([
    ...(['kubernetes', 'kubernetes-node', 'dapr-control-plane', 'helm', 'keda', 'crds'] as const),
    ...(['pause', 'node-image', 'parts-image'] as const),
  ]);
  const program = join(tools['kubernetes-node'], 'kubectl');
  const operators = await operatorObjects(
    new Kubectl(program, join(folder, 'none')),
    tools,
    folder,
  );
  let archives: readonly string[] = [];
  await steps.run('images', async () => {
    archives = await buildImages({
      tools,
      wanted: [DNS_IMAGE, ...operators.images, ...imagesOf(Manifests.read(DIST))],
      tag: 'local',
      folder,
    });
    return 'built';
  });
  let cluster: Cluster | undefined;
  try {
    await steps.run('cluster', async () => {
      const own = join(folder, 'cluster');
      mkdirSync(own);
      cluster = options.kind ? KindCluster.start(own) : await NodeCluster.start(tools, own);
      const kubectl = new Kubectl(program, cluster.kubeconfig);
      steps.explain = async () =>
        console.error(
          await diagnose(kubectl, ['event-driven', ...operators.namespaces, 'kube-system']),
        );
      for (const archive of archives) {
        cluster.load(archive);
        rmSync(archive);
      }
      await cluster.furnish(kubectl);
      return cluster.description;
    });
    if (cluster !== undefined) {
      const kubectl = new Kubectl(program, cluster.kubeconfig);
      await runInCluster(steps, kubectl, () => cluster?.check(), options, operators, tools);
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

async function runInCluster(
  steps: Steps,
  kubectl: Kubectl,
  check: () => void,
  { tasks, lag }: ScenarioOptions,
  operators: OperatorObjects,
  tools: Parameters<typeof installOperators>[2],
): Promise<void> {
  const platform = new DeployedPlatform(kubectl, DIST, PLATFORMS.local!());
  await steps.run('operators', async () => {
    return `${await installOperators(kubectl, operators, tools)} pods ready`;
  });
  await steps.run('apply dist/local', async () => {
    const pods = await platform.apply(300);
    return `${pods.length} pods ready, ${await platform.sidecars()} of them with a sidecar`;
  });
  await steps.run('each task once', async () => {
    await platform.post(tasks);
    return `${await platform.settle()}; ${await platform.sidecars()} pods with a sidecar`;
  });
  await steps.run('metrics', () => findMetrics(platform, steps.progress));
  await steps.run('network policies', () => {
    check();
    return isolation(platform);
  });
  await steps.run('pods deleted, servers restarted', () => disturb(platform, steps.progress));
  await steps.run('apply again', async () => {
    const changed = await platform.applyAgain();
    if (changed.length > 0) {
      throw new Error(`changed by it: ${changed.join(', ')}`);
    }
    return `${platform.manifests.objects.length} objects, 0 changed`;
  });
  await steps.run('from no pod to many and back', () =>
    scaleOutAndBack(platform, lag, steps.progress),
  );
}
