/** Labels of which all must match. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Peers that a rule admits. */
export interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

/** Ports that a rule admits. */
export interface Port {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

/** What a policy admits in one direction. */
export interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}

/** The fields of a NetworkPolicy that are read here. */
export interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

/** A pod, as far as policies see it. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  /** Numbers of its named ports, by name and protocol, e.g. `client/TCP`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Labels of each namespace. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

type Direction = 'ingress' | 'egress';

const TABLE = 'inet network-policies';
/** An address of which no port has a name. */
const NO_POD: Pod = { namespace: '', labels: {}, address: '', ports: {} };

function matches(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const expressions = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        throw new Error(`a selector with the unknown operator '${operator}'`);
    }
  });
  return (
    expressions &&
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  );
}

/** The rules that isolate pods, for the kernel of a node, as a script of `nft`. */
export class NetworkPolicies {
  public constructor(
    private readonly policies: readonly Policy[],
    private readonly pods: readonly Pod[],
    private readonly namespaces: Namespaces,
  ) {}

  /**
   * The whole table, which takes the place of the one before at once. What pods send passes `forward`
   * when it goes to a pod, and `input` when it goes to the node; what the node sends passes neither: a
   * node always reaches its pods.
   */
  public get script(): string {
    const ingress = this.#chains('ingress');
    const egress = this.#chains('egress');
    return [
      `table ${TABLE}`,
      `delete table ${TABLE}`,
      `table ${TABLE} {`,
      ...[...ingress, ...egress].map(({ name, rules }) => block(`chain ${name}`, rules)),
      block('chain forward', [
        'type filter hook forward priority filter; policy accept;',
        'ct state established,related accept',
        ...dispatch('daddr', ingress),
        ...dispatch('saddr', egress),
      ]),
      block('chain input', [
        'type filter hook input priority filter; policy accept;',
        'ct state established,related accept',
        ...dispatch('saddr', egress),
      ]),
      '}',
      '',
    ].join('\n');
  }

  /** For each isolated pod, what may come in or go out; the last rule drops the rest. */
  #chains(direction: Direction): { address: string; name: string; rules: string[] }[] {
    return this.pods.flatMap((pod) => {
      const policies = this.policies.filter(
        (policy) =>
          policy.metadata.namespace === pod.namespace &&
          types(policy).includes(direction) &&
          matches(policy.spec.podSelector, pod.labels),
      );
      if (policies.length === 0) {
        return [];
      }
      const allowed = policies.flatMap((policy) =>
        (policy.spec[direction] ?? []).flatMap((rule) =>
          this.#rules(rule, direction, pod, policy.metadata.namespace),
        ),
      );
      return {
        address: pod.address,
        name: `${direction}-${pod.address.replaceAll('.', '-')}`,
        // A pod always reaches itself.
        rules: [
          `ip ${direction === 'ingress' ? 'saddr' : 'daddr'} ${pod.address} return`,
          ...new Set(allowed),
          'drop',
        ],
      };
    });
  }

  #rules({ from, to, ports }: Rule, direction: Direction, pod: Pod, namespace: string): string[] {
    const field = direction === 'ingress' ? 'saddr' : 'daddr';
    const peers = (direction === 'ingress' ? from : to) ?? [];
    const anywhere = (...conditions: string[]) =>
      direction === 'ingress'
        ? accepted(conditions, ports, pod)
        : [...accepted(conditions, ports, NO_POD), ...this.#namedPorts(conditions, ports)];
    if (peers.length === 0) {
      return anywhere();
    }
    return peers.flatMap((peer) => {
      if (peer.ipBlock === undefined) {
        return this.#selected(peer, namespace).flatMap((other) =>
          accepted([`ip ${field} ${other.address}`], ports, direction === 'ingress' ? pod : other),
        );
      }
      const { cidr, except = [] } = peer.ipBlock;
      // Pods have addresses of version 4 alone.
      return cidr.includes(':')
        ? []
        : anywhere(`ip ${field} ${cidr}`, ...except.map((range) => `ip ${field} != ${range}`));
    });
  }

  /** Ports that have names, at each pod: no other address has names. */
  #namedPorts(conditions: readonly string[], ports: readonly Port[] = []): string[] {
    const named = ports.filter(({ port }) => typeof port === 'string');
    return named.length === 0
      ? []
      : this.pods.flatMap((pod) =>
          accepted([...conditions, `ip daddr ${pod.address}`], named, pod),
        );
  }

  /** The pods that a peer means. */
  #selected({ podSelector, namespaceSelector }: Peer, namespace: string): Pod[] {
    return this.pods.filter(
      (pod) =>
        (namespaceSelector === undefined
          ? pod.namespace === namespace
          : matches(namespaceSelector, this.namespaces.get(pod.namespace) ?? {})) &&
        (podSelector === undefined || matches(podSelector, pod.labels)),
    );
  }
}

/** Directions that a policy is about: if it does not say so, those that the API server adds. */
function types({ spec }: Policy): readonly Direction[] {
  const { policyTypes = [], egress = [] } = spec;
  const named =
    policyTypes.length > 0 ? policyTypes : ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])];
  return named.map((type) => type.toLowerCase() as Direction);
}

/** Rules that let pass what meets all conditions, to ports of the one that is reached. */
function accepted(
  conditions: readonly string[],
  ports: readonly Port[] | undefined,
  reached: Pod,
): string[] {
  return portMatches(ports, reached).map((match) => [...conditions, ...match, 'return'].join(' '));
}

/** Conditions on the port of the one that is reached, in alternatives; one without any for all ports. */
function portMatches(ports: readonly Port[] | undefined, reached: Pod): string[][] {
  if (ports === undefined || ports.length === 0) {
    return [[]];
  }
  return ports.flatMap(({ port, endPort, protocol = 'TCP' }) => {
    const name = protocol.toLowerCase();
    if (port === undefined) {
      return [[`meta l4proto ${name}`]];
    }
    const number = typeof port === 'string' ? reached.ports[`${port}/${protocol}`] : port;
    const range = endPort === undefined ? '' : `-${endPort}`;
    return number === undefined ? [] : [[`${name} dport ${number}${range}`]];
  });
}

function dispatch(
  field: 'saddr' | 'daddr',
  chains: readonly { readonly address: string; readonly name: string }[],
): string[] {
  const jumps = chains.map(({ address, name }) => `${address} : jump ${name}`);
  return jumps.length === 0 ? [] : [`ip ${field} vmap { ${jumps.join(', ')} }`];
}

function block(head: string, lines: readonly string[]): string {
  return [`  ${head} {`, ...lines.map((line) => `    ${line}`), '  }'].join('\n');
}
