import type { V1APIGroupList, V1APIResourceList } from '@kubernetes/client-node';
import { accepted, type ApiClient } from './client.ts';

/** An object that is on a server. */
export interface Found {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
  };
}

/** Kinds that the server writes while it runs. */
const OWN_KINDS: ReadonlySet<string> = new Set(['Lease', 'Event', 'IPAddress']);

/** The identity of an object: API version, kind, namespace and name. */
export function identityOf({
  apiVersion,
  kind,
  metadata,
}: Omit<Found, 'metadata'> & {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): string {
  return [apiVersion, kind, metadata.namespace ?? '-', metadata.name].join(' ');
}

/** Every object of every kind on a server, by its identity. */
export async function inventory(client: ApiClient): Promise<Map<string, Found>> {
  const { groups } = accepted(await client.call('GET', '/apis')) as unknown as V1APIGroupList;
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion!.groupVersion)];
  const found = new Map<string, Found>();
  for (const apiVersion of versions) {
    const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const { resources } = accepted(await client.call('GET', base)) as unknown as V1APIResourceList;
    const listed = resources.filter(
      (resource) => resource.verbs.includes('list') && !OWN_KINDS.has(resource.kind),
    );
    for (const { name, kind } of listed) {
      const { items } = accepted(await client.call('GET', `${base}/${name}`)) as unknown as {
        items: readonly Pick<Found, 'metadata'>[];
      };
      for (const { metadata } of items) {
        const object = { apiVersion, kind, metadata };
        found.set(identityOf(object), object);
      }
    }
  }
  return found;
}
