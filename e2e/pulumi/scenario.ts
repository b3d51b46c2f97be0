import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, label } from '../../testkit/kubernetes/client.ts';
import { type Found, inventory } from '../../testkit/kubernetes/inventory.ts';
import {
  differences,
  filesWith,
  leftovers,
  objectsOf,
  passwordsOf,
  unready,
} from '../../testkit/pulumi/checks.ts';
import type { Outcome } from '../../testkit/pulumi/engine.ts';
import type { Expected, Step } from '../../testkit/pulumi/steps.ts';
import { type Stage, TestedStack } from './tested-stack.ts';

/** The first Deployment among objects. */
function deploymentOf(objects: ReadonlyMap<string, Found>): Found {
  return [...objects.values()].find(({ kind }) => kind === 'Deployment')!;
}

/** Previews, creates and repeats. Returns the number of resources. */
async function createStack(stack: TestedStack): Promise<number> {
  const { engine, cluster, folder } = stack.stage;
  const { counts } = await stack.run('preview', 'preview', { check: () => stack.newObjects() });
  const resources = counts.create ?? 0;
  await stack.run('up', 'up', {
    counts: { create: resources },
    check: async () => {
      const state = await stack.state();
      const notReady = await unready(state, cluster.client);
      const passwords = passwordsOf(state);
      const exported = (await engine.state()).text;
      return [
        ...notReady,
        ...(await differences(state, cluster.client, stack.baseline)),
        ...(passwords.length === 0 ? ['no password was generated'] : []),
        ...(passwords.some((password) => exported.includes(password))
          ? ['a password can be read in the export of the state']
          : []),
        ...filesWith(folder, passwords).map((path) => `a password can be read in ${path}`),
      ];
    },
  });
  const nothing: Expected = { counts: {}, check: () => stack.stateDifferences() };
  await stack.run('up again', 'up', nothing);
  await stack.run('refresh', 'refresh', nothing);
  return resources;
}

/** Other field managers change the image of a Deployment. */
async function changeByOthers(stack: TestedStack): Promise<void> {
  const { cluster, env } = stack.stage;
  const deployment = deploymentOf(objectsOf(await stack.state()));
  const path = `${await cluster.client.pathOf(deployment)}/${deployment.metadata.name}`;
  const changeImage = async (manager: string) => {
    const image = '/spec/template/spec/containers/0/image';
    const patch = [{ op: 'replace', path: image, value: `${manager}:1` }];
    const query = `fieldManager=${manager}`;
    const type = 'application/json-patch+json';
    accepted(await cluster.client.call('PATCH', `${path}?${query}`, patch, type));
    await cluster.settled();
  };
  const drift: Expected = { counts: { update: 1 }, check: () => stack.stateDifferences() };
  const reverted = async ({ objects }: Outcome) => [
    ...(objects.join() === label(deployment) ? [] : [`changes ${objects.join(', ')}`]),
    ...(await stack.stateDifferences()),
  ];
  // The provider reverts what kubectl has set.
  await changeImage('kubectl-edit');
  await stack.run('refresh after a change by kubectl', 'refresh', drift);
  await stack.run('up against that change', 'up', { ...drift, check: reverted });
  // It leaves what another manager has set, unless it is told not to.
  await changeImage('somebody');
  await stack.run('refresh after a change by somebody', 'refresh', drift);
  await stack.run('up against this change', 'up', {
    error: /conflict.*"somebody".*\.image/s,
  });
  // That is a setting of the provider, which the engine counts, too.
  env.PULUMI_K8S_ENABLE_PATCH_FORCE = 'true';
  await stack.run('up by force', 'up', { counts: { update: 2 }, check: reverted });
  delete env.PULUMI_K8S_ENABLE_PATCH_FORCE;
  await stack.run('up without force', 'up', {
    counts: { update: 1 },
    check: async ({ objects }) => [
      ...objects.map((object) => `changes ${object}`),
      ...(await stack.stateDifferences()),
    ],
  });
}

/** One value of the configuration changes: with the cluster, and while it cannot be reached. */
async function changeConfiguration(stack: TestedStack): Promise<void> {
  const { engine, change, reach } = stack.stage;
  const [first, second] = change.values;
  const touched = [...objectsOf(await stack.state()).values()]
    .filter(change.touches)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const changed: Expected = {
    counts: { update: touched.length },
    check: async (outcome) => {
      const actual = outcome.objects.toSorted().join(', ');
      const expected = touched.toSorted().join(', ');
      return [
        ...(actual === expected ? [] : [`changes ${actual}, and must change ${expected}`]),
        ...(await stack.stateDifferences()),
      ];
    },
  };
  await engine.call('config', 'set', change.key, first);
  await stack.run('up with a change', 'up', changed);

  reach(false);
  await engine.call('config', 'set', change.key, second);
  const unreachable: Expected = { error: /unreachable/ };
  await stack.runUnchanged('up without the cluster', 'up', unreachable);
  await stack.runUnchanged('refresh without the cluster', 'refresh', unreachable);
  await stack.runUnchanged('destroy without the cluster', 'destroy', unreachable);
  reach(true);
  await stack.run('up with the cluster back', 'up', changed);
}

async function destroyStack(stack: TestedStack, name: string, resources: number): Promise<void> {
  const { engine, cluster } = stack.stage;
  await stack.run(name, 'destroy', {
    counts: { delete: resources },
    check: async () => leftovers(await engine.state(), cluster.client, stack.baseline),
  });
}

/**
 * Kills an update halfway: when half of the Deployments of these objects exist, no pod becomes ready
 * any more, and the engine waits for the last of them. Returns how many of the objects exist.
 */
async function interrupt(
  { engine, cluster: { client, kubelet } }: Stage,
  update: Promise<Outcome>,
  objects: ReadonlyMap<string, Found>,
): Promise<number> {
  const path = await client.pathOf(deploymentOf(objects));
  const all = [...objects.values()].filter(({ kind }) => kind === 'Deployment').length;
  let over = false as boolean;
  const end = () => (over = true);
  update.then(end, end);
  const deployments = async () => {
    const { items } = accepted(await client.call('GET', path));
    return (items as readonly object[]).length;
  };
  while (!over && (await deployments()) < all / 2) {
    await sleep(20);
  }
  kubelet.stop();
  // Requests in flight are applied.
  await sleep(500);
  engine.kill();
  await update;
  kubelet.resume();
  const found = await inventory(client);
  return [...objects.keys()].filter((name) => found.has(name)).length;
}

/**
 * The engine is killed with its providers while it waits for workloads that do not become ready: they
 * exist in the cluster, and the engine does not know them. A later update continues.
 */
async function killAndContinue(
  stack: TestedStack,
  objects: ReadonlyMap<string, Found>,
): Promise<void> {
  const { engine } = stack.stage;
  const update = engine.run('up');
  const interrupted = interrupt(stack.stage, update, objects);
  await stack.steps.take('up, killed halfway', update, {
    error: /./,
    check: async () => {
      const applied = await interrupted;
      const lost = await stack.stateDifferences();
      return [
        ...(applied > 0 && applied < objects.size
          ? []
          : [`${applied} of ${objects.size} objects existed when it was killed`]),
        ...(lost.length > 0 ? [] : ['the engine knows everything that was applied']),
      ];
    },
  });
  await stack.runUnchanged('up, locked', 'up', { error: /locked.*pulumi cancel/s });
  await engine.call('cancel', '--yes');
  await stack.run('up, continued', 'up', { check: () => stack.stateDifferences() });
  const refresh = engine.run('refresh', '--clear-pending-creates');
  await stack.steps.take('refresh after the interruption', refresh, {
    counts: {},
    check: async () => {
      const { pending } = await engine.state();
      return [
        ...(pending > 0 ? [`${pending} operations are pending`] : []),
        ...(await stack.stateDifferences()),
      ];
    },
  });
  await stack.run('up after that refresh', 'up', {
    counts: {},
    check: () => stack.stateDifferences(),
  });
}

/** A stack from its preview to its end, with everything that goes wrong on the way. Returns each step. */
export async function runScenario(stage: Stage): Promise<readonly Step[]> {
  const stack = await TestedStack.create(stage);
  const resources = await createStack(stack);
  await changeByOthers(stack);
  await changeConfiguration(stack);
  const objects = objectsOf(await stack.state());
  await destroyStack(stack, 'destroy', resources);
  await killAndContinue(stack, objects);
  await destroyStack(stack, 'destroy in the end', resources);
  return stack.steps.all;
}
