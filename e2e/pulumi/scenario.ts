import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, label } from '../../testkit/kubernetes/client.ts';
import { type Found, inventory } from '../../testkit/kubernetes/inventory.ts';
import {
  differences,
  filesWith,
  leftovers,
  memoryOf,
  moved,
  newcomers,
  objectsOf,
  passwordsOf,
  unready,
  versions,
} from '../../testkit/pulumi/checks.ts';
import type { SimulatedCluster } from '../../testkit/pulumi/cluster.ts';
import type { Engine, Outcome } from '../../testkit/pulumi/engine.ts';
import { type Expected, type Step, Steps } from '../../testkit/pulumi/steps.ts';

/** What {@link runScenario} works on. */
export interface Stage {
  readonly engine: Engine;
  readonly cluster: SimulatedCluster;
  /** Folder with the states and logs of the engine. */
  readonly folder: string;
  /** Variables of the engine and its providers; the scenario changes them. */
  readonly env: Record<string, string>;
  /** Whether the kubeconfig of the providers leads to the cluster. */
  readonly reach: (isThere: boolean) => void;
  /** A value of the configuration that is changed twice, and which objects it is in. */
  readonly change: {
    readonly key: string;
    readonly values: readonly [string, string];
    readonly touches: (object: object) => boolean;
  };
  readonly progress: (text: string) => void;
}

/**
 * Kills an update in its middle: when half of the Deployments of these objects are there, no pod
 * becomes ready any more, and the engine waits for the last of them. Gives how many of the objects are
 * there.
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
  // What goes on beside is applied.
  await sleep(500);
  engine.kill();
  await update;
  kubelet.resume();
  const found = await inventory(client);
  return [...objects.keys()].filter((name) => found.has(name)).length;
}

/** The first Deployment among objects. */
function deploymentOf(objects: ReadonlyMap<string, Found>): Found {
  return [...objects.values()].find(({ kind }) => kind === 'Deployment')!;
}

/** A day of a stack, with its accidents. Gives each step with what was wrong with it. */
export async function runScenario(stage: Stage): Promise<readonly Step[]> {
  const { engine, cluster, env, change } = stage;
  const { client } = cluster;
  const steps = new Steps(stage.progress);
  const baseline = await inventory(client);
  const nothingNew = () => newcomers(client, baseline);
  const remembered = () => engine.state('--show-secrets');
  const asRemembered = async () => differences(await remembered(), client, baseline);
  const own = async () =>
    new Map([...(await versions(client))].filter(([name]) => !baseline.has(name)));
  /** Runs something that must change neither the server nor the state. */
  const untouched = async (name: string, run: () => Promise<Outcome>, expected: Expected) => {
    await cluster.settled();
    const before = { objects: await own(), memory: memoryOf(await remembered()) };
    await steps.take(name, run(), {
      ...expected,
      check: async () => [
        ...moved(before.objects, await own()).map((object) => `'${object}' has changed`),
        ...moved(before.memory, memoryOf(await remembered())).map(
          (urn) => `'${urn}' has changed in the state`,
        ),
      ],
    });
  };

  const planned = await steps.take('preview', engine.run('preview'), { check: nothingNew });
  const all = planned.counts.create ?? 0;
  await steps.take('up', engine.run('up'), {
    counts: { create: all },
    check: async () => {
      const state = await remembered();
      const notReady = await unready(state, client);
      const passwords = passwordsOf(state);
      const exported = (await engine.state()).text;
      return [
        ...notReady,
        ...(await differences(state, client, baseline)),
        ...(passwords.length === 0 ? ['no password was generated'] : []),
        ...(passwords.some((password) => exported.includes(password))
          ? ['a password can be read in the export of the state']
          : []),
        ...filesWith(stage.folder, passwords).map((path) => `a password can be read in ${path}`),
      ];
    },
  });
  const again: Expected = { counts: {}, check: asRemembered };
  await steps.take('up again', engine.run('up'), again);
  await steps.take('refresh', engine.run('refresh'), again);

  // Somebody changes a Deployment.
  const deployment = deploymentOf(objectsOf(await remembered()));
  const path = `${await client.pathOf(deployment)}/${deployment.metadata.name}`;
  const image = '/spec/template/spec/containers/0/image';
  const changeImage = async (manager: string) => {
    const patch = [{ op: 'replace', path: image, value: `${manager}:1` }];
    const query = `fieldManager=${manager}`;
    const type = 'application/json-patch+json';
    accepted(await client.call('PATCH', `${path}?${query}`, patch, type));
    await cluster.settled();
  };
  const drift: Expected = { counts: { update: 1 }, check: asRemembered };
  const backAgain = async ({ objects }: Outcome) => [
    ...(objects.join() === label(deployment) ? [] : [`changes ${objects.join(', ')}`]),
    ...(await asRemembered()),
  ];
  // What kubectl has set, the provider sets back.
  await changeImage('kubectl-edit');
  await steps.take('refresh after a change by kubectl', engine.run('refresh'), drift);
  await steps.take('up against that change', engine.run('up'), { ...drift, check: backAgain });
  // What anybody else has set, it leaves unless it is told not to.
  await changeImage('somebody');
  await steps.take('refresh after a change by somebody', engine.run('refresh'), drift);
  await steps.take('up against this change', engine.run('up'), {
    error: /conflict.*"somebody".*\.image/s,
  });
  // That is a setting of the provider, which the engine counts, too.
  env.PULUMI_K8S_ENABLE_PATCH_FORCE = 'true';
  await steps.take('up by force', engine.run('up'), { counts: { update: 2 }, check: backAgain });
  delete env.PULUMI_K8S_ENABLE_PATCH_FORCE;
  await steps.take('up without force', engine.run('up'), {
    counts: { update: 1 },
    check: async ({ objects }) => [
      ...objects.map((object) => `changes ${object}`),
      ...(await asRemembered()),
    ],
  });

  // One value of the configuration changes.
  const [first, second] = change.values;
  const touched = [...objectsOf(await remembered()).values()]
    .filter(change.touches)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const changed: Expected = {
    counts: { update: touched.length },
    check: async (outcome) => {
      const done = outcome.objects.toSorted().join(', ');
      const meant = touched.toSorted().join(', ');
      return [
        ...(done === meant ? [] : [`changes ${done}, and has to change ${meant}`]),
        ...(await asRemembered()),
      ];
    },
  };
  await engine.call('config', 'set', change.key, first);
  await steps.take('up with a change', engine.run('up'), changed);

  // The cluster is down, and something is to be changed.
  stage.reach(false);
  await engine.call('config', 'set', change.key, second);
  const unreachable: Expected = { error: /unreachable/ };
  await untouched('up without the cluster', () => engine.run('up'), unreachable);
  await untouched('refresh without the cluster', () => engine.run('refresh'), unreachable);
  await untouched('destroy without the cluster', () => engine.run('destroy'), unreachable);
  stage.reach(true);
  await steps.take('up with the cluster back', engine.run('up'), changed);

  const gone = async () => leftovers(await engine.state(), client, baseline);
  const objects = objectsOf(await remembered());
  const destroyed: Expected = { counts: { delete: all }, check: gone };
  await steps.take('destroy', engine.run('destroy'), destroyed);

  // The engine is killed with its providers when it waits for workloads that do not become ready:
  // they are on the server, and the engine does not know of them.
  const update = engine.run('up');
  const interrupted = interrupt(stage, update, objects);
  await steps.take('up, killed in its middle', update, {
    error: /./,
    check: async () => {
      const applied = await interrupted;
      const lost = await asRemembered();
      return [
        ...(applied > 0 && applied < objects.size
          ? []
          : [`${applied} of ${objects.size} objects were there when it was killed`]),
        ...(lost.length > 0 ? [] : ['nothing was applied that the engine does not know of']),
      ];
    },
  });
  await untouched('up, locked', () => engine.run('up'), { error: /locked.*pulumi cancel/s });
  await engine.call('cancel', '--yes');
  await steps.take('up, continued', engine.run('up'), { check: asRemembered });
  await steps.take(
    'refresh of what was interrupted',
    engine.run('refresh', '--clear-pending-creates'),
    {
      ...again,
      check: async () => {
        const { pending } = await engine.state();
        return [
          ...(pending > 0 ? [`${pending} operations are pending`] : []),
          ...(await asRemembered()),
        ];
      },
    },
  );
  await steps.take('up after the repeat', engine.run('up'), again);
  await steps.take('destroy in the end', engine.run('destroy'), destroyed);
  return steps.all;
}
