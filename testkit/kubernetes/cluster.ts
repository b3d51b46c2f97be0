import type { Kubectl } from './kubectl.ts';

/** A cluster that exists for one run. */
export interface Cluster {
  /** What it is made of. */
  readonly description: string;
  /** Path of a kubeconfig of its own. */
  readonly kubeconfig: string;
  /** Loads the images of an archive into its node. */
  load(archive: string): void;
  /** Installs what every cluster has: a name server and a default class of volumes. */
  furnish(kubectl: Kubectl): Promise<void>;
  /** @throws Error when it does not enforce network policies. */
  check(): void;
  /** Ends it, with everything that is in it. */
  stop(): Promise<void>;
}
