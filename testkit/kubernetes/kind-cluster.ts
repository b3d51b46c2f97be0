import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../../scripts/toolchain.ts';
import type { Cluster } from './cluster.ts';
import type { Kubectl } from './kubectl.ts';

/** Whether this machine has kind, and a Docker that answers. */
export function hasKind(): boolean {
  return [
    ['kind', 'version'],
    ['docker', 'info'],
  ].every(([command, argument]) => spawnSync(command!, [argument!]).status === 0);
}

/** A cluster of one node by kind, under a name of its own. */
export class KindCluster implements Cluster {
  /** Creates it; the user's kubeconfig is not changed. */
  public static start(folder: string): KindCluster {
    const cluster = new KindCluster(
      `event-platform-e2e-${process.pid}`,
      join(folder, 'kubeconfig'),
    );
    try {
      run('kind', ['create', 'cluster', ...cluster.#own, '--wait=120s']);
    } catch (error) {
      cluster.#delete();
      throw error;
    }
    return cluster;
  }

  public readonly description = 'kind, policies by its own network';

  private constructor(
    private readonly name: string,
    public readonly kubeconfig: string,
  ) {
    // Whatever ends the run.
    process.once('exit', this.#delete);
  }

  get #own(): string[] {
    return ['--name', this.name, '--kubeconfig', this.kubeconfig];
  }

  public check(): void {
    // Its own network enforces policies.
  }

  public load(archive: string): void {
    run('kind', ['load', 'image-archive', archive, '--name', this.name]);
  }

  public async furnish(kubectl: Kubectl): Promise<void> {
    await kubectl.api.allReady('kube-system', 120);
  }

  public stop(): Promise<void> {
    this.#delete();
    return Promise.resolve();
  }

  readonly #delete = (): void => {
    process.removeListener('exit', this.#delete);
    run('kind', ['delete', 'cluster', ...this.#own]);
  };
}
