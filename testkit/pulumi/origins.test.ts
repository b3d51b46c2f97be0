import { describe, expect, it } from 'vitest';
import { identityOf } from '../kubernetes/inventory.ts';
import { type Made, unexpectedObjects } from './origins.ts';

function found(apiVersion: string, kind: string, name: string, more: object = {}): Made {
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'apps', resourceVersion: '1', ...more },
  } as Made;
}

function owner({ apiVersion, kind, metadata: { name } }: Made): object {
  return { ownerReferences: [{ apiVersion, kind, name }] };
}

const deployment = found('apps/v1', 'Deployment', 'api');
const replicaSet = found('apps/v1', 'ReplicaSet', 'api-5d', owner(deployment));
const pod = found('v1', 'Pod', 'api-5d-x', owner(replicaSet));
const statefulSet = found('apps/v1', 'StatefulSet', 'kafka');
const claim = found('v1', 'PersistentVolumeClaim', 'data-kafka-0', { uid: 'u1' });
const volume = found('v1', 'PersistentVolume', 'pvc-u1', { namespace: undefined });

/** The unexpected ones of these objects when one of them is accounted for. */
function strangersOf(objects: readonly Made[], known: Made): string[] {
  const all = new Map(objects.map((object) => [identityOf(object), object]));
  return unexpectedObjects(all, (name) => name === identityOf(known));
}

describe('unexpectedObjects', () => {
  it('knows the pods of a Deployment', () => {
    expect(strangersOf([deployment, replicaSet, pod], deployment)).toEqual([]);
  });

  it('knows the claims of a StatefulSet and their volumes', () => {
    expect(strangersOf([statefulSet, claim, volume], statefulSet)).toEqual([]);
  });

  it('knows what every namespace and every Service gets', () => {
    const namespace = found('v1', 'Namespace', 'apps', { namespace: undefined });
    const account = found('v1', 'ServiceAccount', 'default');
    expect(strangersOf([namespace, account], namespace)).toEqual([]);
    const service = found('v1', 'Service', 'api');
    expect(strangersOf([service, found('v1', 'Endpoints', 'api')], service)).toEqual([]);
  });

  it('names what was made for something else, and what was made for nothing', () => {
    const other = found('apps/v1', 'Deployment', 'other');
    const secret = found('v1', 'Secret', 'left');
    expect(strangersOf([replicaSet, pod, claim, volume, secret, other], other)).toEqual(
      [replicaSet, pod, claim, volume, secret].map(identityOf),
    );
  });
});
