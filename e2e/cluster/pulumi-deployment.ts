import type { Engine, Outcome } from '../../testkit/pulumi/engine.ts';
import { type LocalStackOptions, startLocalStack } from '../../testkit/pulumi/local-stack.ts';
import { DeployedPlatform } from './deployed-platform.ts';
import type { ClusterEnvironment } from './environments.ts';
import { isComplete } from '../../testkit/kubernetes/cluster-api.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';
import { until } from '../../testkit/until.ts';

/** Tasks of each part. */
const TASKS = 300;
/** Seconds for pods to be replaced. */
const DEADLINE = 240;

/** A tag that the cluster has each image of the project under, besides the one of `dist/tasks/local`. */
export const OTHER_TAG = 'other';

/** What {@link deployByPulumi} works with. */
export interface PulumiDeployment {
  readonly kubectl: Kubectl;
  /** The environment `local`, which is applied in the cluster. */
  readonly environment: ClusterEnvironment;
  readonly tools: LocalStackOptions['tools'];
  /** Folder for states and logs. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}

/** @throws Error with the output of the engine when it fails. */
function succeeded(outcome: Outcome): Outcome {
  if (!outcome.ok) {
    throw new Error(`pulumi failed:\n${outcome.output}`);
  }
  return outcome;
}

/** Runs `up`. @throws Error when it changes another number of Kubernetes objects. */
async function expectUpdates(engine: Engine, what: string, updates: number): Promise<void> {
  const { objects } = succeeded(await engine.run('up'));
  if (objects.length !== updates) {
    throw new Error(`${what} changes ${objects.join(', ') || 'nothing'}, not ${updates} objects`);
  }
}

/** Workloads that KEDA does not scale and that lack pods. */
async function incomplete({ kubectl, namespace, manifests }: DeployedPlatform): Promise<string[]> {
  const scaled = new Set(
    manifests
      .ofKind('ScaledObject')
      .map(({ spec }) => (spec as unknown as { scaleTargetRef: { name: string } }).scaleTargetRef)
      .map(({ name }) => name),
  );
  return (await kubectl.api.workloads(namespace))
    .filter((workload) => !scaled.has(workload.metadata.name) && !isComplete(workload))
    .map(({ metadata }) => metadata.name);
}

/** Kills an update when the producer has its new image, and continues it. */
async function killInTheMiddle(platform: DeployedPlatform, engine: Engine): Promise<void> {
  const { kubectl, namespace } = platform;
  await engine.call('config', 'set', 'imageTag', OTHER_TAG);
  const update = engine.run('up');
  const image = async () =>
    kubectl.run([
      ...['get', 'deployment/producer', '--namespace', namespace, '--output'],
      'jsonpath={.spec.template.spec.containers[0].image}',
    ]);
  await until('the producer gets its new image', DEADLINE, async () =>
    (await image()).endsWith(`:${OTHER_TAG}`),
  );
  engine.kill();
  if ((await update).ok) {
    throw new Error('the update ended before it was killed');
  }
  await engine.call('cancel', '--yes');
  succeeded(await engine.run('up'));
}

/** Removes what was applied by the commands of the documents, and everything with it. */
async function removeApplied({ kubectl, namespace, environment }: DeployedPlatform): Promise<void> {
  await kubectl.run(['delete', '-f', environment.dist, '--wait=true', '--ignore-not-found']);
  await kubectl.run(['wait', `namespace/${namespace}`, '--for=delete', '--timeout=180s']);
}

/**
 * Deploys the stack `local` by Pulumi's engine and its Kubernetes provider in place of what kubectl has
 * applied: readiness is awaited, an update that is killed is continued, what another manager changes is set
 * back, and nothing is left of it.
 */
export async function deployByPulumi(options: PulumiDeployment): Promise<string> {
  const { kubectl, environment, tools, folder, progress } = options;
  // The tasks of another database do not count.
  const platform = new DeployedPlatform(kubectl, environment);
  const { namespace } = platform;
  await removeApplied(platform);
  const context = (await kubectl.run(['config', 'current-context'])).trim();
  const env = { KUBECONFIG: kubectl.kubeconfig };
  const stack = await startLocalStack({
    ...{ tools, context, imageTag: 'local', folder, env },
  });
  const { engine } = stack;
  try {
    const up = succeeded(await engine.run('up'));
    const waiting = await incomplete(platform);
    if (waiting.length > 0) {
      throw new Error(`'up' has ended, and these have no pods: ${waiting.join(', ')}`);
    }
    progress(`up: ${up.objects.length} objects in ${up.seconds.toFixed(0)} s, all pods ready`);
    await platform.sidecars(DEADLINE);
    await platform.post(TASKS);
    progress(await platform.settle());

    await expectUpdates(engine, 'up again', 0);
    const { objects } = succeeded(await engine.run('refresh'));
    progress(`up again: 0 changed; refresh sees ${objects.join(', ') || 'nothing new'}`);
    await expectUpdates(engine, 'up after a refresh', 0);

    const broken = 'dead-letter-processor=dead-letter-processor:broken';
    const deployment = 'deployment/dead-letter-processor';
    await kubectl.run(['set', 'image', deployment, broken, '--namespace', namespace]);
    succeeded(await engine.run('refresh'));
    await expectUpdates(engine, 'up against a change', 1);
    progress('an image that kubectl set is set back');

    const load = platform.post(TASKS);
    await killInTheMiddle(platform, engine);
    await load;
    await platform.sidecars(DEADLINE);
    const counts = await platform.settle();
    await expectUpdates(engine, 'up after the repeat', 0);
    progress(`an update killed halfway and continued: ${counts}`);

    succeeded(await engine.run('destroy'));
    await kubectl.run(['wait', `namespace/${namespace}`, '--for=delete', '--timeout=60s']);
    const { resources } = await engine.state();
    if (resources.length > 0) {
      throw new Error(`the state still has ${resources.map(({ urn }) => urn).join(', ')}`);
    }
    return `${up.objects.length} objects; ${counts}; destroyed`;
  } finally {
    stack.stop();
  }
}
