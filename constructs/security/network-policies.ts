import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { selectorLabels, WORKLOAD_LABEL } from '../core/names.ts';
import { DnsServer } from './dns-server.ts';

/** Something at the other end of a connection, and the ports that connections to it use. */
export interface NetworkPeer {
  /** Pods, namespaces or addresses. @default - anywhere */
  readonly peer?: k8s.NetworkPolicyPeer;
  /** Ports of the protocol. */
  readonly ports: readonly number[];
  /** What is spoken. @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

/** All pods of a namespace, by the label that Kubernetes itself puts on namespaces. */
export function podsOfNamespace(namespace: string): k8s.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** The pods of workloads in the platform's namespace; asked for when everything is declared. */
export function workloads(names: () => readonly string[]): k8s.NetworkPolicyPeer {
  return {
    podSelector: {
      matchExpressions: Lazy.any({
        produce: () => [
          { key: WORKLOAD_LABEL, operator: 'In', values: [...new Set(names())].sort() },
        ],
      }) as k8s.LabelSelectorRequirement[],
    },
  };
}

function portsOf({ ports, protocol = 'TCP' }: NetworkPeer): k8s.NetworkPolicyPort[] {
  return ports.map((port) => ({ protocol, port: k8s.IntOrString.fromNumber(port) }));
}

/**
 * Dapr's control plane, as a sidecar reaches it: operator, sentry, placement and scheduler.
 *
 * @see https://docs.dapr.io/operations/hosting/kubernetes/kubernetes-production/
 */
export function daprControlPlane(namespace: string): NetworkPeer[] {
  return [{ peer: podsOfNamespace(namespace), ports: [6500, 50_001, 50_005, 50_006] }];
}

/** Nothing in the namespace may talk to anything, but for DNS, until another policy says so. */
export class DefaultDenyPolicy extends Construct {
  /** The generated NetworkPolicy. */
  public readonly policy: k8s.KubeNetworkPolicy;

  public constructor(
    scope: Construct,
    id: string,
    { dns = [DnsServer.kubeDns()] }: { readonly dns?: readonly DnsServer[] },
  ) {
    super(scope, id);
    this.policy = new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: 'default-deny' },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        egress: dns.map(({ peer, ports }) => ({
          to: [peer],
          ports: [...portsOf({ ports, protocol: 'UDP' }), ...portsOf({ ports })],
        })),
      },
    });
  }
}

/** Properties of {@link WorkloadNetworkPolicy}. */
export interface WorkloadNetworkPolicyProps {
  /** Name of the policy. */
  readonly name: string;
  /** The workload whose pods it is about. */
  readonly workload: string;
  /** Who may connect to the pods; a function is called when everything is declared. @default - nobody */
  readonly ingress?: readonly NetworkPeer[] | (() => readonly NetworkPeer[]);
  /** Whom the pods may connect to, beside DNS; a function is called when everything is declared. @default - nobody */
  readonly egress?: readonly NetworkPeer[] | (() => readonly NetworkPeer[]);
}

/** What one workload may talk to, on top of the namespace's {@link DefaultDenyPolicy}. */
export class WorkloadNetworkPolicy extends Construct {
  /** Peers that were allowed later. */
  readonly #allowed: NetworkPeer[] = [];
  readonly #admitted: NetworkPeer[] = [];
  /** The generated NetworkPolicy. */
  public readonly policy: k8s.KubeNetworkPolicy;

  public constructor(scope: Construct, id: string, props: WorkloadNetworkPolicyProps) {
    super(scope, id);
    const { ingress: admitted = [], egress: reached = [] } = props;
    const ingress = () =>
      [...(typeof admitted === 'function' ? admitted() : admitted), ...this.#admitted].map(
        (rule) => ({
          ...(rule.peer && { from: [rule.peer] }),
          ports: portsOf(rule),
        }),
      );
    const egress = () =>
      [
        ...new Set([...(typeof reached === 'function' ? reached() : reached), ...this.#allowed]),
      ].map((rule) => ({
        ...(rule.peer && { to: [rule.peer] }),
        ports: portsOf(rule),
      }));
    this.policy = new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: props.name },
      spec: Lazy.any({
        produce: () => {
          const [rules, ways] = [ingress(), egress()];
          return {
            podSelector: { matchLabels: selectorLabels(props.workload) },
            policyTypes: [
              ...(rules.length > 0 ? ['Ingress'] : []),
              ...(ways.length > 0 ? ['Egress'] : []),
            ],
            ...(rules.length > 0 && { ingress: rules }),
            ...(ways.length > 0 && { egress: ways }),
          };
        },
      }) as k8s.NetworkPolicySpec,
    });
  }

  /** Lets the pods connect to something else. */
  public allowEgress(peer: NetworkPeer): void {
    this.#allowed.push(peer);
  }

  /** Lets something else connect to the pods. */
  public allowIngress(peer: NetworkPeer): void {
    this.#admitted.push(peer);
  }
}
