import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { operatorValues, OPERATORS } from '../../stacks/operators.ts';
import { run } from '../../scripts/toolchain.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import type { Kubectl } from '../../testkit/kubernetes/kubectl.ts';

/** Folders of built operators. */
export interface OperatorFolders {
  readonly 'dapr-control-plane': string;
  readonly helm: string;
  readonly keda: string;
  readonly crds: string;
}

/** An object with containers, or any other. */
interface Installed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: Container[] } };
  };
}

interface Container {
  image: string;
  imagePullPolicy?: string;
  resources?: object;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function objects(text: string): Installed[] {
  return loadAll(text).filter((object) => object !== null) as Installed[];
}

function containers(installed: readonly Installed[]): Container[] {
  return installed.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
}

/** Dapr's control plane by its own chart, with the values that the stacks give it. */
function dapr(folders: OperatorFolders, folder: string): Installed[] {
  const { chart, namespace, version } = OPERATORS.dapr;
  const values = join(folder, 'dapr-values.json');
  writeFileSync(
    values,
    JSON.stringify(operatorValues('dapr', { highAvailability: false, monitored: false })),
  );
  return objects(
    run(join(folders.helm, 'helm'), [
      ...['template', chart, join(folders['dapr-control-plane'], 'chart')],
      ...['--namespace', namespace, '--values', values, '--include-crds'],
      ...['--set', `global.tag=${version}`],
    ]),
  );
}

/** KEDA by its own manifests. They name the newest images: here they are those of the version. */
async function keda(kubectl: Kubectl, folders: OperatorFolders): Promise<Installed[]> {
  const text = await kubectl.run(['kustomize', join(folders.keda, 'config', 'default')]);
  const installed = objects(text);
  for (const container of containers(installed)) {
    container.image = container.image.replace(/:.*$/, `:${OPERATORS.keda.version}`);
    container.imagePullPolicy = 'IfNotPresent';
  }
  return installed;
}

/** What the platform relies on, ready to be installed. */
export interface OperatorObjects {
  readonly namespaces: readonly string[];
  readonly objects: readonly object[];
  /** Images that their pods run, sidecars included. */
  readonly images: readonly string[];
}

/** The objects of Dapr, KEDA and kube-state-metrics. */
export async function operatorObjects(
  kubectl: Kubectl,
  folders: OperatorFolders,
  folder: string,
): Promise<OperatorObjects> {
  const installed = [
    ...dapr(folders, folder),
    ...(await keda(kubectl, folders)),
    ...(kubeStateMetrics() as Installed[]),
  ];
  const all = containers(installed);
  for (const container of all) {
    // Room for the platform on a small machine.
    delete container.resources;
  }
  const sidecars = all.flatMap(({ env = [] }) =>
    env.flatMap(({ name, value }) => (name === 'SIDECAR_IMAGE' ? (value ?? []) : [])),
  );
  return {
    namespaces: [OPERATORS.dapr.namespace, OPERATORS.keda.namespace, 'monitoring'],
    objects: installed,
    images: [...new Set([...all.map(({ image }) => image), ...sidecars])],
  };
}

/** Definitions of what operators follow that do not run here. */
const DEFINITIONS_ALONE = ['monitoring.coreos.com', 'cert-manager.io'];

/** Installs them, and waits until their pods are ready. Returns how many there are. */
export async function installOperators(
  kubectl: Kubectl,
  operators: OperatorObjects,
  folders: OperatorFolders,
): Promise<number> {
  await kubectl.install(
    operators.namespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
  );
  const isDefinition = ({ kind }: Installed) => kind === 'CustomResourceDefinition';
  const all = operators.objects as readonly Installed[];
  for (const group of DEFINITIONS_ALONE) {
    await kubectl.run(['apply', '--server-side', '-f', join(folders.crds, group)]);
  }
  await kubectl.install(all.filter(isDefinition));
  await kubectl.run(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await kubectl.install(all.filter((object) => !isDefinition(object)));
  const pods = await Promise.all(
    operators.namespaces.map(async (namespace) => {
      await kubectl.api.allComplete(namespace, 300);
      return kubectl.api.allReady(namespace, 300);
    }),
  );
  return pods.flat().length;
}
