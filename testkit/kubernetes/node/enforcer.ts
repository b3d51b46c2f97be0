import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, type ApiClient } from '../client.ts';
import type { Machine } from './machine.ts';
import { NetworkPolicies, type Pod, type Policy } from './network-policies.ts';

type Labels = Readonly<Record<string, string>>;

/** How often it looks for changes, in milliseconds. */
const INTERVAL = 500;

/** A pod of the API server, as far as policies see it. */
export interface PodObject {
  readonly metadata: { readonly namespace: string; readonly labels?: Labels };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly {
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    }[];
  };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

/** A namespace of the API server, as far as policies see it. */
export interface NamespaceObject {
  readonly metadata: { readonly name: string; readonly labels?: Labels };
}

function podOf({ metadata, spec, status }: PodObject): Pod {
  const ports = (spec.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    namespace: metadata.namespace,
    labels: metadata.labels ?? {},
    address: status!.podIP!,
    ports: Object.fromEntries(
      ports.flatMap(({ name, containerPort, protocol = 'TCP' }) =>
        name === undefined ? [] : [[`${name}/${protocol}`, containerPort]],
      ),
    ),
  };
}

function isAlive({ status, spec }: PodObject): boolean {
  return (
    spec.hostNetwork !== true &&
    status?.podIP !== undefined &&
    status.phase !== 'Succeeded' &&
    status.phase !== 'Failed'
  );
}

/** The script of `nft` that follows from what the API server lists. */
export function scriptOf(
  policies: readonly Policy[],
  pods: readonly PodObject[],
  namespaces: readonly NamespaceObject[],
): string {
  return new NetworkPolicies(
    policies,
    pods.filter(isAlive).map(podOf),
    new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
  ).script;
}

/**
 * Enforces NetworkPolicies by the kernel of a node. Drops are real; what they follow from is our reading of
 * the policies, which `npm run e2e:policies` compares with another.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class PolicyEnforcer {
  #applied = '';
  #failure: Error | undefined;
  #stopped = false;
  readonly #done: Promise<void>;

  public constructor(
    private readonly client: ApiClient,
    private readonly machine: Machine,
  ) {
    this.#done = this.#follow();
  }

  /** @throws Error when the rules of the last look could not be made or applied. */
  public check(): void {
    if (this.#failure !== undefined) {
      throw new Error(`network policies are not enforced: ${this.#failure.message}`);
    }
  }

  /** Ends it. */
  public stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#enforce();
        this.#failure = undefined;
      } catch (error) {
        this.#failure = error as Error;
      }
      await sleep(INTERVAL);
    }
  }

  async #enforce(): Promise<void> {
    const [policies, pods, namespaces] = await Promise.all([
      this.#list<Policy>('/apis/networking.k8s.io/v1/networkpolicies'),
      this.#list<PodObject>('/api/v1/pods'),
      this.#list<NamespaceObject>('/api/v1/namespaces'),
    ]);
    const script = scriptOf(policies, pods, namespaces);
    if (script !== this.#applied) {
      this.machine.run('nft', ['-f', '-'], script);
      this.#applied = script;
    }
  }

  async #list<Item>(path: string): Promise<readonly Item[]> {
    const body = accepted(await this.client.call('GET', path));
    return body.items as readonly Item[];
  }
}
