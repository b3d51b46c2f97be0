import { Provider, type ProviderArgs } from '@pulumi/kubernetes/provider.js';
import type * as pulumi from '@pulumi/pulumi';

/**
 * Pulumi's provider for the objects of one cluster. ConfigMaps and Secrets are changed in place: they
 * have the names that manifests give them, so a second one could not be made before the first is gone,
 * and pods that start in between would find none.
 *
 * Objects that the state does not know of are not taken over, although those of a killed update would
 * be: a resource whose type changes would be taken over by the new one and then deleted as the old.
 * To repeat such an update, set `PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true`.
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
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    options,
  );
}
