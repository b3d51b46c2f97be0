import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import {
  type DaprPubSub,
  type EventPlatform,
  type IEventApp,
  type Manifest,
  type PostgresDatabase,
  renderObjects,
  type Topic,
} from 'cdk8s-event-platform';
import { loadPlatforms } from '../load-platforms.ts';

/** A platform in one environment, as it is rendered. */
export interface Rendered {
  /** The environment, or the platform's id where several have the same. */
  readonly name: string;
  readonly platform: EventPlatform;
  /** Objects by kind and name, e.g. `Deployment/orders`. */
  readonly objects: ReadonlyMap<string, Manifest>;
}

/** What a change does to the objects of an environment. */
export interface Difference {
  readonly name: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

function objectsOf(platform: EventPlatform): Map<string, Manifest> {
  const { namespace: own } = platform.environment;
  return new Map(
    renderObjects(platform).map(({ manifest }) => {
      const { kind, metadata } = manifest;
      const { name, namespace = own } = metadata;
      // A Job has another hash in its name after each change, and takes the place of the one before.
      const stable = kind === 'Job' ? name.replace(/-[0-9a-f]{10}$/, '-<hash>') : name;
      return [`${kind}/${namespace === own ? '' : `${namespace}/`}${stable}`, manifest];
    }),
  );
}

/**
 * Renders every platform of the program that `cdk8s.yaml` names, from the files as they are now.
 *
 * @throws Error when the program fails, or what it declares cannot be rendered.
 */
export async function renderAll(): Promise<Rendered[]> {
  const platforms = await loadPlatforms(undefined, () => undefined);
  const environments = platforms.map(({ environment }) => environment.name);
  const areUnique = new Set(environments).size === platforms.length;
  return platforms.map((platform) => ({
    name: areUnique ? platform.environment.name : platform.node.id,
    platform,
    objects: objectsOf(platform),
  }));
}

/** What is different after a change, environment by environment. */
export function differences(before: readonly Rendered[], after: readonly Rendered[]): Difference[] {
  return before.map(({ name, objects }) => {
    const now = after.find((other) => other.name === name)?.objects ?? new Map<string, Manifest>();
    const text = (object: Manifest | undefined) => JSON.stringify(object);
    return {
      name,
      added: [...now.keys()].filter((key) => !objects.has(key)),
      changed: [...objects.keys()].filter(
        (key) => now.has(key) && text(now.get(key)) !== text(objects.get(key)),
      ),
      removed: [...objects.keys()].filter((key) => !now.has(key)),
    };
  });
}

/** Constructs of a platform by their members: a project may have another copy of the classes. */
function constructsWith(platform: EventPlatform, ...members: readonly string[]): unknown[] {
  return platform.node
    .findAll()
    .filter((construct) => members.every((member) => member in construct));
}

/** Apps of a platform. */
export function appsOf({ platform }: Pick<Rendered, 'platform'>): IEventApp[] {
  return constructsWith(platform, 'appId', 'manifest') as IEventApp[];
}

/** Topics of a platform. */
export function topicsOf({ platform }: Pick<Rendered, 'platform'>): Topic[] {
  const pubSubs = constructsWith(platform, 'findTopic', 'topics') as DaprPubSub[];
  return pubSubs.flatMap(({ topics }) => [...topics]);
}

/** Databases of a platform. */
export function databasesOf({ platform }: Rendered): PostgresDatabase[] {
  return constructsWith(platform, 'connectionEnv', 'credentials', 'host') as PostgresDatabase[];
}

/** Manifests of the apps of all environments, by app id. */
export function manifestsOf(platforms: readonly Rendered[]): Map<string, AppManifest> {
  return new Map(
    platforms.flatMap(appsOf).map(({ manifest }) => [manifest.appId, manifest] as const),
  );
}

/** Ids of the apps that list a contract. */
export function appsWith(
  manifests: ReadonlyMap<string, AppManifest>,
  list: 'publishes' | 'subscribes',
  { type }: EventContract,
): string[] {
  return [...manifests.values()]
    .filter((manifest) => manifest[list]?.some((contract) => contract.type === type))
    .map(({ appId }) => appId);
}
