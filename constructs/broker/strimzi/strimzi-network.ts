import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type NetworkPeer, podsOfNamespace } from '../../security/network-policies.ts';
import { strimziNames } from './strimzi-names.ts';

/** Ports on which Strimzi's parts talk to each other. */
const PORTS = { control: 9090, replication: 9091, agent: 8443, metrics: 9404 } as const;

/** Kubernetes' own API, whose addresses no selector knows. */
const API_SERVER: NetworkPeer = { ports: [443, 6443] };

/** The pods of one of Strimzi's parts. */
export function strimziPods(name: string): k8s.NetworkPolicyPeer {
  return { podSelector: { matchLabels: { 'strimzi.io/name': name } } };
}

/** Properties of {@link StrimziNetwork}. */
export interface StrimziNetworkProps {
  readonly cluster: string;
  /** Port that clients connect to. */
  readonly clientPort: number;
  /** Who connects to it; called when everything is declared. */
  readonly clients: () => readonly k8s.NetworkPolicyPeer[];
  /** Whether nodes ask Kubernetes which zone they are in. */
  readonly zones: boolean;
  readonly operatorNamespace: string;
  readonly monitoringNamespace: string;
}

/**
 * What Strimzi's pods may talk to in a namespace where nothing may. Strimzi renders policies of its
 * own about who connects to them, unless its operator is told not to; it has none about whom they
 * connect to.
 */
export class StrimziNetwork extends Construct {
  /** The generated NetworkPolicies: of brokers, of the entity operator and of the exporter. */
  public readonly policies: readonly k8s.KubeNetworkPolicy[];

  public constructor(scope: Construct, id: string, props: StrimziNetworkProps) {
    super(scope, id);
    const names = strimziNames(props.cluster);
    const nodes = strimziPods(names.kafka);
    const operator: k8s.NetworkPolicyPeer = {
      ...podsOfNamespace(props.operatorNamespace),
      podSelector: { matchLabels: { 'strimzi.io/kind': 'cluster-operator' } },
    };
    const brokers = { peer: nodes, ports: [PORTS.replication] };
    this.policies = [
      this.#policy(names.kafka, {
        ingress: () => [
          { peers: [nodes, operator], ports: [PORTS.control] },
          {
            peers: [
              nodes,
              operator,
              strimziPods(names.entityOperator),
              strimziPods(names.exporter),
            ],
            ports: [PORTS.replication],
          },
          { peers: [operator], ports: [PORTS.agent] },
          { peers: props.clients(), ports: [props.clientPort] },
        ],
        egress: [
          { peer: nodes, ports: [PORTS.control, PORTS.replication] },
          ...(props.zones ? [API_SERVER] : []),
        ],
      }),
      this.#policy(names.entityOperator, { ingress: () => [], egress: [brokers, API_SERVER] }),
      this.#policy(names.exporter, {
        ingress: () => [
          { peers: [podsOfNamespace(props.monitoringNamespace)], ports: [PORTS.metrics] },
        ],
        egress: [brokers],
      }),
    ];
  }

  #policy(
    name: string,
    rules: {
      readonly ingress: () => readonly {
        readonly peers: readonly k8s.NetworkPolicyPeer[];
        readonly ports: readonly number[];
      }[];
      readonly egress: readonly NetworkPeer[];
    },
  ): k8s.KubeNetworkPolicy {
    const tcp = (ports: readonly number[]) =>
      ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));
    return new k8s.KubeNetworkPolicy(this, name, {
      // Strimzi's own policy of a part has the name of the part.
      metadata: { name: `${name}-platform` },
      spec: Lazy.any({
        produce: () => ({
          podSelector: strimziPods(name).podSelector,
          policyTypes: ['Ingress', 'Egress'],
          ingress: rules.ingress().map(({ peers, ports }) => ({ from: peers, ports: tcp(ports) })),
          egress: rules.egress.map(({ peer, ports }) => ({
            ...(peer && { to: [peer] }),
            ports: tcp(ports),
          })),
        }),
      }) as k8s.NetworkPolicySpec,
    });
  }
}
