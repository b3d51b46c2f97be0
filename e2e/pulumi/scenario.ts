import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../api-server/server.ts';
import { inventory } from '../api-server/inventory.ts';
import {
  differences,
  filesWith,
  memoryOf,
  moved,
  objectsOf,
  passwordsOf,
  versions,
} from './checks.ts';
import type { Counts, Engine, Outcome } from './engine.ts';

/** What {@link runScenario} works on. */
export interface Stage {
  readonly engine: Engine;
  readonly server: ApiServer;
  /** Folder with the states and logs of the engine. */
  readonly folder: string;
  /** Variables of the providers; the scenario changes them. */
  readonly env: Record<string, string | undefined>;
  /** Called by the providers when an object was applied; the scenario changes it. */
  readonly hooks: { applied: () => void };
  /** A kubeconfig of a cluster that is not there. */
  readonly nowhere: string;
  /** A value of the configuration that is changed twice, and which objects it is in. */
  readonly change: {
    readonly key: string;
    readonly values: readonly [string, string];
    readonly touches: (object: object) => boolean;
  };
  readonly progress: (text: string) => void;
}

/** One command of the engine, and what was wrong with it. */
export interface Step {
  readonly name: string;
  readonly outcome: Outcome;
  readonly failures: readonly string[];
}

/** What a step is expected to do. */
interface Expected {
  /** Counts by Pulumi's names; what is not named has to be 0. `same` is not looked at. */
  readonly counts?: Counts;
  /** Has to fail, and to say this. @default - has to succeed */
  readonly error?: RegExp;
  /** More that has to hold. Gives what does not. */
  readonly check?: (outcome: Outcome) => Promise<readonly string[]> | readonly string[];
}

function unexpected(outcome: Outcome, { counts, error }: Expected): string[] {
  const failures: string[] = [];
  if (outcome.ok !== (error === undefined)) {
    failures.push(outcome.ok ? 'succeeds, and has to fail' : `fails:\n${outcome.output}`);
  }
  if (error !== undefined && !error.test(outcome.output)) {
    failures.push(`does not say ${String(error)}:\n${outcome.output}`);
  }
  if (counts !== undefined) {
    const operations = new Set([...Object.keys(counts), ...Object.keys(outcome.counts)]);
    operations.delete('same');
    for (const operation of operations) {
      const [is, has] = [outcome.counts[operation] ?? 0, counts[operation] ?? 0];
      if (is !== has) {
        failures.push(`${operation} ${is}, not ${has}: ${outcome.steps.join(', ')}`);
      }
    }
  }
  return failures;
}

/** A day of a stack, with its accidents. Gives each step with what was wrong with it. */
export async function runScenario(stage: Stage): Promise<Step[]> {
  const { engine, server, env, hooks, change } = stage;
  const { client } = server;
  const steps: Step[] = [];
  const take = async (
    name: string,
    run: Promise<Outcome>,
    expected: Expected,
  ): Promise<Outcome> => {
    const outcome = await run;
    const failures = unexpected(outcome, expected);
    // What follows from a failure says nothing more.
    if (failures.length === 0) {
      failures.push(...((await expected.check?.(outcome)) ?? []));
    }
    steps.push({ name, outcome, failures });
    stage.progress(`${name}: ${failures.length === 0 ? 'as it has to be' : 'NOT as it has to be'}`);
    return outcome;
  };

  const baseline = await inventory(client);
  const nothingNew = async () =>
    [...(await inventory(client)).keys()]
      .filter((name) => !baseline.has(name))
      .map((name) => `'${name}' is on the server`);
  const remembered = () => engine.state('--show-secrets');
  const asRemembered = async () => differences(await remembered(), client, baseline);
  const own = async () =>
    new Map([...(await versions(client))].filter(([name]) => !baseline.has(name)));
  /** Runs something that must change neither the server nor the state. */
  const untouched = async (name: string, run: () => Promise<Outcome>, expected: Expected) => {
    const before = { objects: await own(), memory: memoryOf(await remembered()) };
    await take(name, run(), {
      ...expected,
      check: async () => [
        ...moved(before.objects, await own()).map((object) => `'${object}' has changed`),
        ...moved(before.memory, memoryOf(await remembered())).map(
          (urn) => `'${urn}' has changed in the state`,
        ),
      ],
    });
  };

  const planned = await take('preview', engine.run('preview'), { check: nothingNew });
  const all = planned.counts.create ?? 0;
  await take('up', engine.run('up'), {
    counts: { create: all },
    check: async () => {
      const state = await remembered();
      const passwords = passwordsOf(state);
      const exported = (await engine.state()).text;
      return [
        ...(await differences(state, client, baseline)),
        ...(passwords.length === 0 ? ['no password was made up'] : []),
        ...(passwords.some((password) => exported.includes(password))
          ? ['a password can be read in the export of the state']
          : []),
        ...filesWith(stage.folder, passwords).map((path) => `a password can be read in ${path}`),
      ];
    },
  });
  const again: Expected = { counts: {}, check: asRemembered };
  await take('up again', engine.run('up'), again);
  await take('refresh', engine.run('refresh'), again);

  // Somebody changes a Deployment by hand.
  const deployment = [...objectsOf(await remembered()).values()].find(
    ({ kind }) => kind === 'Deployment',
  )!;
  const path = `${await client.pathOf(deployment)}/${deployment.metadata.name}`;
  const byHand = [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'by-hand:1' },
  ];
  await client.call(
    'PATCH',
    `${path}?fieldManager=kubectl-edit`,
    byHand,
    'application/json-patch+json',
  );
  const drift: Expected = { counts: { update: 1 }, check: asRemembered };
  await take('refresh after a change by hand', engine.run('refresh'), drift);
  await take('up against that change', engine.run('up'), { error: /conflict.*kubectl-edit/s });
  env.PULUMI_K8S_ENABLE_PATCH_FORCE = 'true';
  await take('up by force', engine.run('up'), drift);
  delete env.PULUMI_K8S_ENABLE_PATCH_FORCE;

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
  await take('up with a change', engine.run('up'), changed);

  // The cluster is away, and something is to be changed.
  env.KUBECONFIG = stage.nowhere;
  await engine.call('config', 'set', change.key, second);
  const unreachable: Expected = { error: /unreachable/ };
  await untouched('up without the cluster', () => engine.run('up'), unreachable);
  await untouched('refresh without the cluster', () => engine.run('refresh'), unreachable);
  await untouched('destroy without the cluster', () => engine.run('destroy'), unreachable);
  env.KUBECONFIG = server.kubeconfig;
  await take('up with the cluster back', engine.run('up'), changed);

  const gone = async () => [
    ...(await nothingNew()),
    ...(await engine.state()).resources.map(({ urn }) => `'${urn}' is in the state`),
  ];
  const destroyed: Expected = { counts: { delete: all }, check: gone };
  await take('destroy', engine.run('destroy'), destroyed);

  // The engine is killed when half of the objects are applied, the last of which it does not know of.
  let applied = 0;
  hooks.applied = () => {
    applied++;
    if (applied === Math.ceil(all / 2)) {
      engine.kill();
    }
  };
  await take('up, killed in its middle', engine.run('up'), {
    error: /./,
    check: async () => {
      hooks.applied = () => undefined;
      // What the providers had begun is finished by them.
      await sleep(1_000);
      const lost = await asRemembered();
      return lost.length > 0 ? [] : ['nothing was applied that the engine does not know of'];
    },
  });
  await untouched('up, locked', () => engine.run('up'), { error: /locked.*pulumi cancel/s });
  await engine.call('cancel', '--yes');
  await take('up, with what is there', engine.run('up'), { error: /already exists/ });
  env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS = 'true';
  await take('up, taking it over', engine.run('up'), { check: asRemembered });
  delete env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS;
  await take('refresh of what was interrupted', engine.run('refresh', '--clear-pending-creates'), {
    ...again,
    check: async () => {
      const { pending } = await engine.state();
      return [
        ...(pending > 0 ? [`${pending} operations are pending`] : []),
        ...(await asRemembered()),
      ];
    },
  });
  await take('up after the repeat', engine.run('up'), again);
  await take('destroy in the end', engine.run('destroy'), destroyed);
  return steps;
}
