import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  type V1Deployment,
  type V1DeploymentSpec,
  type V1DeploymentStatus,
  type V1ObjectMeta,
  type V1Pod,
  type V1PodSpec,
  type V1StatefulSet,
} from '@kubernetes/client-node';
import { until } from '../until.ts';

/** Metadata of an object that the server has. */
type Stored = V1ObjectMeta & Required<Pick<V1ObjectMeta, 'name' | 'namespace' | 'uid'>>;

/** A pod that the server has. */
export type Pod = V1Pod & { readonly metadata: Stored; readonly spec: V1PodSpec };

/** A Deployment or StatefulSet that the server has. */
export type Workload = (V1Deployment | V1StatefulSet) & { readonly metadata: Stored };

/** The part of a status that says whether an object is ready. */
interface Readiness {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** Whether a pod is ready, or has succeeded. */
export function isReady({ status }: { readonly status?: Readiness }): boolean {
  return (
    status?.phase === 'Succeeded' ||
    (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True')
  );
}

/** Whether a pod has been told to end. */
export function isEnding({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** The part of a workload that says which of its pods it has. */
interface Progress {
  readonly metadata?: Pick<V1ObjectMeta, 'generation'>;
  readonly spec?: Pick<V1DeploymentSpec, 'replicas'>;
  readonly status?: Pick<
    V1DeploymentStatus,
    'observedGeneration' | 'replicas' | 'updatedReplicas' | 'readyReplicas'
  >;
}

/** Whether a workload has all its pods, all of them as it is declared now. */
export function isComplete({ metadata, spec, status = {} }: Progress): boolean {
  const wanted = spec?.replicas ?? 1;
  const { observedGeneration, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  return (
    observedGeneration === metadata?.generation &&
    [replicas, updatedReplicas, readyReplicas].every((count) => count === wanted)
  );
}

/** Reads workloads and pods of one cluster, and waits for them. */
export class ClusterApi {
  readonly #core: CoreV1Api;
  readonly #apps: AppsV1Api;

  /** @param kubeconfig path of the file, whose current context is used. */
  public constructor(kubeconfig: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.#core = config.makeApiClient(CoreV1Api);
    this.#apps = config.makeApiClient(AppsV1Api);
  }

  /** Pods of a namespace, with those that have been told to end. */
  public async pods(namespace: string, labelSelector = ''): Promise<readonly Pod[]> {
    const { items } = await this.#core.listNamespacedPod({ namespace, labelSelector });
    return items as Pod[];
  }

  /** Deployments and StatefulSets of a namespace. */
  public async workloads(namespace: string): Promise<readonly Workload[]> {
    const lists = await Promise.all([
      this.#apps.listNamespacedDeployment({ namespace }),
      this.#apps.listNamespacedStatefulSet({ namespace }),
    ]);
    return lists.flatMap(({ items }) => items as Workload[]);
  }

  /**
   * Waits until every workload of a namespace has its pods, ready and as they are declared.
   *
   * @param deadline in seconds.
   * @throws Error that names those that have not.
   */
  public async allComplete(namespace: string, deadline: number): Promise<void> {
    await this.#all('workloads', namespace, deadline, () => this.workloads(namespace), isComplete);
  }

  /**
   * Waits until every pod of a namespace that has not been told to end is ready.
   *
   * @param deadline in seconds.
   * @throws Error that names those that are not.
   */
  public allReady(namespace: string, deadline: number): Promise<readonly Pod[]> {
    const list = async () => (await this.pods(namespace)).filter((pod) => !isEnding(pod));
    return this.#all('pods', namespace, deadline, list, isReady);
  }

  async #all<T extends Pod | Workload>(
    kind: string,
    namespace: string,
    deadline: number,
    list: () => Promise<readonly T[]>,
    isDone: (object: T) => boolean,
  ): Promise<readonly T[]> {
    let objects: readonly T[] = [];
    const waiting = () =>
      objects.filter((object) => !isDone(object)).map(({ metadata }) => metadata.name);
    const what = () =>
      `${kind} of ${namespace} are ready (${waiting().join(', ') || 'none exists'})`;
    await until(what, deadline, async () => {
      objects = await list();
      return objects.length > 0 && waiting().length === 0;
    });
    return objects;
  }
}
