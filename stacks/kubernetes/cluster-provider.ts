import { Provider, type ProviderArgs } from '@pulumi/kubernetes/provider.js';
import type * as pulumi from '@pulumi/pulumi';

/**
 * Pulumi's provider for the objects of one cluster. Objects have the names that manifests give them,
 * which decides two things:
 *
 * - an update that was killed may have made objects that the state does not know of: its repeat takes
 *   them over;
 * - ConfigMaps and Secrets are changed in place: a second one could not be made before the first is
 *   gone, and pods that start in between would find none.
 */
export function clusterProvider(
  args: Pick<ProviderArgs, 'kubeconfig' | 'context'>,
  options: pulumi.CustomResourceOptions = {},
): Provider {
  return new Provider(
    'cluster',
    {
      ...args,
      enableServerSideApply: true,
      upsertExistingObjects: true,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    options,
  );
}
