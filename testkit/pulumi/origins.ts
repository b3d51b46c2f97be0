import { type Found, identityOf } from '../kubernetes/inventory.ts';

/** Metadata, as far as it says what has made an object. */
interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
  }[];
}

/** An object on the server. */
export type Made = Omit<Found, 'metadata'> & { readonly metadata: Metadata };

/** What controllers make in every namespace, by kind. */
const OF_NAMESPACES: Readonly<Record<string, string>> = {
  ConfigMap: 'kube-root-ca.crt',
  ServiceAccount: 'default',
};

/** Identities of what an object was made for, by every way in which that can be seen. */
function originsOf({ kind, metadata }: Made, objects: ReadonlyMap<string, Made>): string[] {
  const { name, namespace, ownerReferences = [] } = metadata;
  const among = (isOrigin: (other: Made) => boolean) =>
    [...objects].filter(([, other]) => isOrigin(other)).map(([identity]) => identity);
  const origins = ownerReferences.map((owner) =>
    identityOf({ ...owner, metadata: { name: owner.name, ...(namespace && { namespace }) } }),
  );
  if (OF_NAMESPACES[kind] === name) {
    origins.push(
      identityOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace! } }),
    );
  }
  if (kind === 'Endpoints') {
    origins.push(identityOf({ apiVersion: 'v1', kind: 'Service', metadata }));
  }
  if (kind === 'PersistentVolumeClaim') {
    // <name of the claim's template>-<name of the set>-<number of the pod>
    const [, stem] = /^(.+)-\d+$/.exec(name) ?? [];
    origins.push(
      ...among(
        (other) =>
          other.kind === 'StatefulSet' &&
          other.metadata.namespace === namespace &&
          stem?.endsWith(`-${other.metadata.name}`) === true,
      ),
    );
  }
  if (kind === 'PersistentVolume') {
    origins.push(
      ...among(
        (other) => other.kind === 'PersistentVolumeClaim' && name === `pvc-${other.metadata.uid}`,
      ),
    );
  }
  return origins;
}

/**
 * Names of objects on a server that are neither accounted for nor made for one that is: the cluster
 * makes pods of workloads, volumes of claims, and so on.
 */
export function unexpectedObjects(
  objects: ReadonlyMap<string, Made>,
  isAccountedFor: (name: string) => boolean,
): string[] {
  const isKnown = (name: string): boolean => {
    const object = objects.get(name);
    return (
      isAccountedFor(name) ||
      (object !== undefined && originsOf(object, objects).some((origin) => isKnown(origin)))
    );
  };
  return [...objects.keys()].filter((name) => !isKnown(name));
}
