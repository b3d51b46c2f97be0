import { describe, expect, it } from 'vitest';
import { Environment, renderObjects } from 'cdk8s-event-platform';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { deleteLeftovers, leftovers, removePlatform } from './clean-up.ts';
import type { ClusterObject, Kubectl } from './kubectl.ts';

function platformOf(): TestPlatform['platform'] {
  const test = new TestPlatform(Environment.local());
  test.producer();
  test.consumer();
  return test.platform;
}

const PLURALS: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  Secret: 'secrets',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Pod: 'pods',
  ConfigMap: 'configmaps',
};

/** A namespace with objects, as kubectl shows them. */
class Namespace implements Kubectl {
  public readonly deleted: string[] = [];
  public readonly inputs: ClusterObject[][] = [];

  public constructor(private readonly objects: readonly ClusterObject[]) {}

  public run(args: readonly string[], input?: string): Promise<string> {
    const [verb, resource, name] = args as [string, string, string];
    if (verb === 'api-resources') {
      return Promise.resolve(`${Object.values(PLURALS).join('\n')}\n`);
    }
    if (verb === 'get') {
      const wanted = resource.split(',');
      const items = this.objects.filter(({ kind }) => wanted.includes(PLURALS[kind] ?? ''));
      return Promise.resolve(JSON.stringify({ items }));
    }
    if (input === undefined || input === '') {
      this.deleted.push(`${resource}/${name}`);
    } else {
      this.inputs.push((JSON.parse(input) as { items: ClusterObject[] }).items);
    }
    return Promise.resolve('');
  }

  public lines(): Promise<void> {
    throw new Error('nothing is read line by line');
  }
}

const object = (kind: string, name: string, owned = false): ClusterObject => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name, ...(owned && { ownerReferences: [{}] }) },
});

describe('clean-up', () => {
  const platform = platformOf();
  const declared = renderObjects(platform).map(({ manifest }) => manifest as ClusterObject);
  const found = () =>
    leftovers(
      platform,
      new Namespace([
        ...declared,
        object('Deployment', 'billing'),
        object('ConfigMap', 'owned', true),
        object('Pod', 'billing-1'),
        object('Secret', 'billing-broker'),
        object('Secret', 'of-somebody-else'),
        ...platform.secrets.map(({ name }) => object('Secret', name)),
        object('PersistentVolumeClaim', 'data-kafka-0'),
        object('PersistentVolumeClaim', 'data-redis-0'),
      ]),
      () => undefined,
    );

  it('finds what is not declared, and nothing that is', async () => {
    expect(await found()).toEqual([
      { kind: 'object', name: 'Deployment/billing', resource: 'deployment.apps' },
      {
        kind: 'data',
        name: 'PersistentVolumeClaim/data-redis-0',
        resource: 'persistentvolumeclaim',
      },
      { kind: 'data', name: 'Secret/billing-broker', resource: 'secret' },
    ]);
  });

  it.each([
    [false, ['deployment.apps/billing'], 2],
    [
      true,
      ['deployment.apps/billing', 'persistentvolumeclaim/data-redis-0', 'secret/billing-broker'],
      0,
    ],
  ])('deletes data only when it is told to (%s)', async (data, deleted, left) => {
    const namespace = new Namespace([]);
    const options = { namespace: 'shop', data, say: () => undefined };
    const stays = await deleteLeftovers(await found(), namespace, options);
    expect(namespace.deleted).toEqual(deleted);
    expect(stays).toHaveLength(left);
  });

  it('removes a platform, the last layer first, and leaves its namespace', async () => {
    const namespace = new Namespace([]);
    await removePlatform(platform, namespace, { data: false, say: () => undefined });
    const kinds = namespace.inputs.map((items) => new Set(items.map(({ kind }) => kind)));
    const layerOf = (kind: string) => kinds.findIndex((layer) => layer.has(kind));
    expect(layerOf('ScaledObject')).toBeLessThan(layerOf('StatefulSet'));
    expect(layerOf('Deployment')).toBeLessThan(layerOf('Component'));
    expect(layerOf('Namespace')).toBe(-1);
    expect(namespace.inputs.flat()).toHaveLength(
      declared.filter(({ kind }) => kind !== 'Namespace').length,
    );
  });
});
