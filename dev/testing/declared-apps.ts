import { join } from 'node:path';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { DEAD_LETTER_PROCESSOR, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import { environmentOf, type PodManifest } from '../run/pods.ts';
import { appResources, appsWithSidecar } from '../sidecar/app-resources.ts';
import type {
  DeploymentManifest,
  RenderedManifest,
  SubscriptionManifest,
} from '../sidecar/rendered.ts';
import type { TestedApp } from './app-in-test.ts';
import type { Subscriber } from './audit.ts';
import type { TestPlatformOptions } from './test-platform-options.ts';

type Variables = Readonly<Record<string, string>>;

/** An app with what its Deployment says. */
export interface DeclaredApp {
  readonly appId: string;
  readonly manifest: AppManifest;
  readonly app: TestedApp | undefined;
  readonly env: Variables;
}

/** Every secret of a platform in a test. */
export const TOKEN = 'a secret of tests alone';

/** Objects as sidecars of a test follow them: bulks do not wait for more, and health is not probed. */
export function withoutWaits(object: RenderedManifest): RenderedManifest {
  switch (object.kind) {
    case 'Subscription': {
      const { spec } = object as SubscriptionManifest;
      const bulk = spec.bulkSubscribe && { ...spec.bulkSubscribe, maxAwaitDurationMs: 0 };
      return {
        ...object,
        spec: { ...spec, ...(bulk && { bulkSubscribe: bulk }) },
      };
    }
    case 'Deployment': {
      const copy = structuredClone(object as DeploymentManifest);
      Object.assign(copy.spec.template.metadata.annotations ?? {}, {
        'dapr.io/enable-app-health-check': 'false',
      });
      return copy;
    }
    default:
      return object;
  }
}

/** Whether variables are those of the dead-letter processor, which is not given. */
function collects(env: Variables): boolean {
  return env[RUNTIME_ENV.eventKeys] !== undefined;
}

/** @throws Error that lists everything that is wrong with the apps that were given. */
function checkApps(
  envs: ReadonlyMap<string, Variables>,
  { apps, without = [] }: TestPlatformOptions,
): void {
  const declared = [...envs.keys()];
  const given = [...Object.keys(apps), ...without];
  const missing = [...envs].filter(([appId, env]) => !given.includes(appId) && !collects(env));
  const unknown = given.filter((appId) => !declared.includes(appId));
  const other = Object.entries(apps).filter(([appId, { manifest }]) => manifest.appId !== appId);
  const withoutDatabase = Object.keys(apps).filter(
    (appId) => envs.has(appId) && envs.get(appId)!.PGHOST === undefined,
  );
  const problems = [
    ...(Object.keys(apps).length === 0 ? ["no app runs: give at least one in 'apps'"] : []),
    ...missing.map(([appId]) => `app '${appId}' is missing: add it to 'apps', or to 'without'`),
    ...unknown.map((appId) => `no app '${appId}' in the platform: it has ${declared.join(', ')}`),
    ...other.map(
      ([appId, { manifest }]) => `app '${appId}' has the manifest of '${manifest.appId}'`,
    ),
    ...withoutDatabase.map(
      (appId) =>
        `app '${appId}' has no database in its chart, which the runtime needs: give it one, or name it in 'without'`,
    ),
  ];
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
}

/** The apps that run. @throws Error that lists everything that is wrong with those that were given. */
export function declaredApps(
  objects: readonly RenderedManifest[],
  options: TestPlatformOptions,
  folder: string,
): DeclaredApp[] {
  const appIds = appsWithSidecar(objects);
  const envOf = (appId: string) => {
    const isOwn = (object: RenderedManifest) =>
      object.kind === 'Deployment' && object.metadata.name === appId;
    return environmentOf(
      objects.find(isOwn) as PodManifest,
      objects,
      () => TOKEN,
      join(folder, appId),
    );
  };
  const envs = new Map(appIds.map((appId) => [appId, envOf(appId)]));
  checkApps(envs, options);
  return appIds
    .filter((appId) => options.without?.includes(appId) !== true)
    .map((appId) => {
      const app = options.apps[appId];
      const manifest = app?.manifest ?? { ...DEAD_LETTER_PROCESSOR, appId };
      return { appId, app, manifest, env: envs.get(appId)! };
    });
}

/** What an app subscribes to. */
export function subscriberOf(
  objects: readonly RenderedManifest[],
  { appId, manifest }: DeclaredApp,
): Subscriber {
  const { pubSubs, subscriptions } = appResources(objects, appId);
  return {
    appId,
    topics: new Map((manifest.subscribes ?? []).map(({ type, topic }) => [type, topic])),
    groups: new Map(
      subscriptions.map(({ topic, pubsubname }) => [
        topic,
        pubSubs.get(pubsubname)?.consumerGroup ?? appId,
      ]),
    ),
  };
}
