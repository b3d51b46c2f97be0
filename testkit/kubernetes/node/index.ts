import { VERSIONS } from '../../../constructs/core/versions.ts';
import type { Cluster } from '../cluster.ts';
import type { Kubectl } from '../kubectl.ts';
import { PAUSE_IMAGE } from '../images.ts';
import { clusterDns } from './cluster-dns.ts';
import { importImages, startContainerd } from './containerd.ts';
import { type ControlPlane, type Programs, startKubernetes } from './control-plane.ts';
import { PolicyEnforcer } from './enforcer.ts';
import { Machine } from './machine.ts';
import { volumes } from './volumes.ts';

/** Image of the name server. */
export const DNS_IMAGE = 'event-platform/coredns:e2e';

/** A cluster of one node, made of Kubernetes' own programs on a machine of namespaces. */
export class NodeCluster implements Cluster {
  /** Starts the machine, containerd and every part of Kubernetes. */
  public static async start(
    programs: Programs & { readonly pause: string },
    folder: string,
  ): Promise<NodeCluster> {
    const machine = await Machine.start(`${programs.pause}/pause`, folder);
    try {
      await startContainerd(machine, folder, PAUSE_IMAGE);
      const controlPlane = await startKubernetes(machine, programs, folder);
      return new NodeCluster(machine, controlPlane);
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  public readonly description = `Kubernetes ${VERSIONS.kubernetes} of its own programs, policies by nftables`;
  readonly #enforcer: PolicyEnforcer;

  private constructor(
    private readonly machine: Machine,
    private readonly controlPlane: ControlPlane,
  ) {
    this.#enforcer = new PolicyEnforcer(controlPlane.client, machine);
  }

  public get kubeconfig(): string {
    return this.controlPlane.kubeconfig;
  }

  public load(archive: string): void {
    importImages(this.machine, archive);
  }

  public async furnish(kubectl: Kubectl): Promise<void> {
    await kubectl.install([...clusterDns(DNS_IMAGE), ...volumes(this.machine)]);
    await kubectl.api.allReady('kube-system', 120);
  }

  public check(): void {
    this.#enforcer.check();
  }

  public async stop(): Promise<void> {
    await this.#enforcer.stop();
    this.controlPlane.client.close();
    await this.machine.stop();
  }
}
