import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterObject, type Kubectl, objectIn, objectsIn } from './kubectl.ts';

/** How long a wait takes, in milliseconds. */
export interface Patience {
  readonly interval: number;
  readonly deadline: number;
}

/** Ten minutes: a pod may take half a minute to stop, and a scaler some minutes to start one. */
export const PATIENCE: Patience = { interval: 1_000, deadline: 600_000 };

/**
 * Asks until something is so.
 *
 * @param done what it was waited for; undefined while it is not so.
 * @throws Error when it is not so in time.
 */
export async function waitFor<Result>(
  what: string,
  { interval, deadline }: Patience,
  done: () => Promise<Result | undefined>,
): Promise<Result> {
  const end = performance.now() + deadline;
  for (;;) {
    const result = await done();
    if (result !== undefined) {
      return result;
    }
    if (performance.now() > end) {
      throw new Error(`${what} takes longer than ${deadline / 1000} s`);
    }
    await sleep(interval);
  }
}

/** A Deployment of a cluster, and its scaler. */
export class Workload {
  public constructor(
    private readonly kubectl: Kubectl,
    private readonly namespace: string,
    public readonly name: string,
  ) {}

  /** The Deployment; undefined when it is not there. */
  public deployment(): Promise<ClusterObject | undefined> {
    return this.#get('deployment.apps');
  }

  /** The ScaledObject of KEDA; undefined when it is not there. */
  public scaledObject(): Promise<ClusterObject | undefined> {
    return this.#get('scaledobjects.keda.sh');
  }

  /** Its pods, those that are ending included. */
  public async pods(): Promise<readonly ClusterObject[]> {
    return objectsIn(
      await this.kubectl.run([
        ...['get', 'pods', `--namespace=${this.namespace}`, '--output=json'],
        `--selector=app.kubernetes.io/name=${this.name}`,
      ]),
    );
  }

  /** Sets an annotation, or removes it. */
  public async annotate(
    kind: 'deployment.apps' | 'scaledobjects.keda.sh',
    annotations: Readonly<Record<string, string | undefined>>,
  ): Promise<void> {
    await this.kubectl.run([
      ...['annotate', `--namespace=${this.namespace}`, '--overwrite', kind, this.name],
      ...Object.entries(annotations).map(([name, value]) =>
        value === undefined ? `${name}-` : `${name}=${value}`,
      ),
    ]);
  }

  /** Sets the number of pods of one without a scaler. */
  public async scale(replicas: number): Promise<void> {
    await this.kubectl.run([
      ...['scale', `--namespace=${this.namespace}`, 'deployment.apps', this.name],
      `--replicas=${replicas}`,
    ]);
  }

  async #get(kind: string): Promise<ClusterObject | undefined> {
    return objectIn(
      await this.kubectl.run([
        ...['get', kind, this.name, `--namespace=${this.namespace}`],
        ...['--ignore-not-found', '--output=json'],
      ]),
    );
  }
}
