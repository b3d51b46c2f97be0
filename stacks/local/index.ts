import { SYSTEMS, type Systems } from '../../charts/systems.ts';
import { type ImageSource, renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { generatedSecret } from '../kubernetes/generated-secret.ts';
import { PlatformObjects } from '../kubernetes/platform-objects.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { Operators, operatorsOf } from '../operators.ts';
import { chosenSystems, imagesOf, passwordPrefix } from '../systems.ts';
import { type LocalConfig, localConfig } from './config.ts';
import { KindCluster } from './kind-cluster.ts';
import { KindImages } from './kind-images.ts';

/** Stands for the registry of images that are built: their names are known when they are loaded. */
const BUILT = { registry: 'images.placeholder.invalid', tag: 'built' } as const;

/** Systems on a kind cluster, or on the current one. */
export function program(systems: Systems = SYSTEMS): StackOutputs {
  const config = localConfig(systems);
  const { clusterName, kubeContext } = config;
  const chosen = chosenSystems(systems, 'local', config);
  const images = imageSource(config);
  const platforms = chosen.map(({ name, deployed, namespace }) => ({
    prefix: passwordPrefix(name),
    platform: deployed.declare({ namespace, images, platformImages: images }),
  }));
  // What cannot work is refused before a cluster is made.
  const objects = platforms
    .flatMap(({ platform }) => renderObjects(platform))
    .map(({ manifest }) => manifest);

  const cluster = config.cluster === 'kind' ? new KindCluster('kind', { clusterName }) : undefined;
  const provider = clusterProvider({
    ...(cluster && { kubeconfig: cluster.kubeconfig }),
    ...(kubeContext !== undefined && { context: kubeContext }),
  });
  const operators =
    config.operators === 'install'
      ? new Operators('operators', { install: operatorsOf(objects) }, { provider })
      : undefined;
  const built =
    cluster && config.images === 'build'
      ? new KindImages('images', { images: imagesOf(chosen), clusterName, cluster })
      : undefined;
  const values = new Map(
    [...(built?.references ?? [])].map(([image, reference]) => [
      `${BUILT.registry}/${image}:${BUILT.tag}`,
      reference,
    ]),
  );
  for (const { prefix, platform } of platforms) {
    new PlatformObjects(
      platform.node.id,
      { platform, secret: generatedSecret({}, { prefix }), values },
      { provider, ...(operators && { dependsOn: [operators] }) },
    );
  }

  return {
    ...(cluster && { kubeconfig: cluster.kubeconfig }),
    systems: Object.fromEntries(
      chosen.map(({ name, namespace, deployed }) => {
        const { commands, kubectl } = reachCluster(cluster && clusterName, kubeContext);
        const reachIt = [...commands, ...deployed.reachIt(`${kubectl} -n ${namespace}`)];
        return [name, { namespace, reachIt }];
      }),
    ),
  };
}

/** Where images are: built now, or there. */
function imageSource({ images, imageRegistry, imageTag = 'local' }: LocalConfig): ImageSource {
  return images === 'build'
    ? BUILT
    : { ...(imageRegistry !== undefined && { registry: imageRegistry }), tag: imageTag };
}

/** Commands that lead to the cluster that kind created, or to one that exists. */
function reachCluster(kindCluster: string | undefined, kubeContext: string | undefined) {
  const context = kindCluster === undefined ? kubeContext : `kind-${kindCluster}`;
  return {
    commands: kindCluster === undefined ? [] : [`kind export kubeconfig --name ${kindCluster}`],
    kubectl: `kubectl${context === undefined ? '' : ` --context ${context}`}`,
  };
}
