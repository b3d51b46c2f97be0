import { localPlatform } from '../../charts/tasks/local-platform.ts';
import { TASK_PLATFORM_IMAGES } from '../../charts/tasks/task-platform.ts';
import { renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { generatedSecret } from '../kubernetes/generated-secret.ts';
import { PlatformObjects } from '../kubernetes/platform-objects.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { Operators, operatorsOf } from '../operators.ts';
import { localConfig } from './config.ts';
import { KindCluster } from './kind-cluster.ts';
import { KindImages } from './kind-images.ts';

/** Stands for the registry of images that are built: their names are known when they are loaded. */
const BUILT = { registry: 'images.placeholder.invalid', tag: 'built' } as const;

/** Services with a page, and the ports that forward to it. */
const PAGES = [
  ['jaeger', '16686'],
  ['kafka-ui', '8081:80'],
  ['mail-sink', '8025'],
] as const;

/** The task platform on a kind cluster, or on the current one. */
export function program(): StackOutputs {
  const config = localConfig();
  const { clusterName, namespace, kubeContext } = config;
  const images =
    config.images === 'build'
      ? BUILT
      : {
          ...(config.imageRegistry !== undefined && { registry: config.imageRegistry }),
          tag: config.imageTag ?? 'local',
        };
  const platform = localPlatform({
    environment: { namespace, images, platformImages: images },
  });
  // What cannot work is refused before a cluster is made.
  const objects = renderObjects(platform).map(({ manifest }) => manifest);

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
      ? new KindImages('images', { images: TASK_PLATFORM_IMAGES, clusterName, cluster })
      : undefined;
  new PlatformObjects(
    platform.node.id,
    {
      platform,
      secret: generatedSecret(),
      values: new Map(
        [...(built?.references ?? [])].map(([image, reference]) => [
          `${BUILT.registry}/${image}:${BUILT.tag}`,
          reference,
        ]),
      ),
    },
    { provider, ...(operators && { dependsOn: [operators] }) },
  );

  return {
    namespace,
    ...(cluster && { kubeconfig: cluster.kubeconfig }),
    reachIt: reachIt(namespace, cluster ? clusterName : undefined, kubeContext),
  };
}

/** Commands to open the platform: on the cluster that kind created, or on one that exists. */
function reachIt(namespace: string, kindCluster?: string, kubeContext?: string): string[] {
  const context = kindCluster === undefined ? kubeContext : `kind-${kindCluster}`;
  const kubectl = `kubectl${context === undefined ? '' : ` --context ${context}`} -n ${namespace}`;
  return [
    ...(kindCluster === undefined ? [] : [`kind export kubeconfig --name ${kindCluster}`]),
    `${kubectl} port-forward service/producer 8080:80`,
    `curl -i http://localhost:8080/tasks -H 'content-type: application/json' -d '{"user_id":"u-1","title":"Write it down"}'`,
    ...PAGES.map(([service, port]) => `${kubectl} port-forward service/${service} ${port}`),
  ];
}
