import * as pulumi from '@pulumi/pulumi';
import type { Manifest } from 'cdk8s-event-platform';

/** An object whose values may be known only when something else was created. */
export type ManifestInput = Manifest & Readonly<Record<string, unknown>>;

/** Name of the resource for an object: its kind, its namespace if it has one, and its name. */
export function resourceName({ kind, metadata }: Manifest): string {
  return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');
}

/** Type of the resource for an object, as Pulumi's Kubernetes provider calls it. */
export function resourceType({ apiVersion, kind }: Manifest): string {
  // The group without a name is called "core".
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/**
 * One Kubernetes object as a resource of its own, so that previews and diffs are per object. The
 * name is that of the object, not of the construct that declares it: a construct can be moved, and
 * nothing is replaced.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/
 */
export class KubernetesObject extends pulumi.CustomResource {
  public constructor(manifest: ManifestInput, options: pulumi.CustomResourceOptions) {
    super(resourceType(manifest), resourceName(manifest), manifest, options);
  }
}
